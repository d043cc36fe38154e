/**
 * Kinds → CustomResourceDefinitions: all versions, columns of `kubectl get`, and who converts between them.
 * Without a webhook nobody does: an object keeps the form in which it was written, whatever version it is read in, so
 * every version has room for the fields of all.
 */
import type { Kind, PrinterColumn } from "./kind.ts";
import { ambassadorGroup, ambassadorKinds } from "./kinds.ts";
import { ageColumn, readyColumns, readyStatus } from "./ready-status.ts";
import type { ApiVersion } from "./schema/index.ts";
import { type OpenApi, openApi } from "./schema/openapi.ts";
import { keeping } from "./schema/openapi-keep.ts";
import { storableVersions, storageVersion } from "./stored-versions.ts";

/** What a cluster's administrator decides. */
export interface CrdOptions {
  /** The version that objects are stored in, of kinds that have it; absent: v2, where there is one. */
  readonly storage?: ApiVersion;
  /** The versions that are served, of kinds that have any of them; absent: all. */
  readonly served?: readonly ApiVersion[];
  /** The service that converts between versions, if one does. */
  readonly webhook?: Webhook;
  /** Added to every definition. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where the API server finds the conversion webhook. */
export interface Webhook {
  readonly namespace: string;
  readonly service: string;
  readonly caBundle?: string;
}

/** What the chart installs: objects of any age can be stored, and nothing needs to run for it. */
export const defaultCrdOptions: CrdOptions = {
  labels: { "app.kubernetes.io/name": "dragoman", "app.kubernetes.io/component": "crds" },
};

/** A definition, as plain JSON. */
export interface CustomResourceDefinition extends OpenApi {
  readonly metadata: { readonly name: string };
}

/** The definitions of all kinds. */
export function customResourceDefinitions(
  options: CrdOptions = defaultCrdOptions,
): readonly CustomResourceDefinition[] {
  return (ambassadorKinds as readonly unknown[] as readonly Kind[]).map((kind) => definition(kind, options));
}

function definition(kind: Kind, options: CrdOptions): CustomResourceDefinition {
  const versions = storableVersions(kind);
  const guests = options.webhook ? [] : versions;
  const storage = versions.find((version) => version === options.storage) ?? storageVersion(versions);
  const asked = versions.filter((version) => options.served?.includes(version));
  // Objects may be stored in a version that is not served any more, so that it stays.
  const served = asked.length > 0 ? asked : versions;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${ambassadorGroup}`, ...(options.labels ? { labels: options.labels } : {}) },
    spec: {
      ...(versions.length > 1 ? { conversion: conversion(options.webhook) } : {}),
      group: ambassadorGroup,
      names: {
        categories: ["ambassador-crds"],
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        ...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
        singular: kind.kind.toLowerCase(),
      },
      preserveUnknownFields: false,
      scope: "Namespaced",
      versions: versions.map((version) =>
        versionOf(kind, { version, guests, served: served.includes(version), storage: version === storage }),
      ),
    },
  };
}

interface VersionOptions {
  readonly version: ApiVersion;
  /** Versions for whose objects there must be room, too. */
  readonly guests: readonly ApiVersion[];
  readonly served: boolean;
  readonly storage: boolean;
}

function versionOf(kind: Kind, { version, guests, served, storage }: VersionOptions): OpenApi {
  const spec = guests.reduce((own, guest) => keeping(own, kind.schema, guest), openApi(kind.schema, version));
  return {
    additionalPrinterColumns: columnsOf(kind).map(({ name, path, type = "string", wide }) => {
      return { jsonPath: path, name, ...(wide ? { priority: 1 } : {}), type };
    }),
    name: version,
    schema: { openAPIV3Schema: objectSchema(kind, version, spec) },
    served,
    storage,
    subresources: { status: {} },
  };
}

function columnsOf({ columns = [ageColumn], status }: Kind): readonly PrinterColumn[] {
  return status ? columns : [...columns, ...readyColumns];
}

function objectSchema(kind: Kind, version: ApiVersion, spec: OpenApi): OpenApi {
  return {
    description: kind.doc,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec,
      status: openApi(kind.status ?? readyStatus, version),
    },
    type: "object",
  };
}

function conversion(webhook: Webhook | undefined): OpenApi {
  // The null is for definitions that are there already with a webhook: kubectl then takes it out.
  if (webhook === undefined) return { strategy: "None", webhook: null };
  const { namespace, service, caBundle } = webhook;
  const clientConfig = {
    ...(caBundle === undefined ? {} : { caBundle }),
    service: { name: service, namespace, path: "/webhooks/crd-convert", port: 443 },
  };
  return { strategy: "Webhook", webhook: { clientConfig, conversionReviewVersions: ["v1"] } };
}
