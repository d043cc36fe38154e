/**
 * Kinds → CustomResourceDefinitions: all versions, columns of `kubectl get`, and who converts between them.
 */
import type { Kind } from "./kind.ts";
import { ambassadorGroup, ambassadorKinds } from "./kinds.ts";
import type { ApiVersion } from "./schema/index.ts";
import { type OpenApi, openApi } from "./schema/openapi.ts";

/** What a cluster's administrator decides. */
export interface CrdOptions {
  /** Whether old versions are served too, which needs the conversion webhook. */
  readonly oldVersions: boolean;
  readonly webhook: { readonly namespace: string; readonly service: string; readonly caBundle?: string };
  /** Added to every definition. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** What the chart installs. */
export const defaultCrdOptions: CrdOptions = {
  oldVersions: true,
  webhook: { namespace: "dragoman-system", service: "dragoman-webhook" },
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
  // v0 had annotations only.
  const known = kind.versions.filter((version) => version !== "v0" && !neverStored(kind, version));
  const versions = options.oldVersions ? known : known.filter((version) => version === "v3alpha1");
  // Objects that exist were stored as v2 by the system before; v2 stays until an administrator has migrated them.
  const storage = versions.includes("v2") ? "v2" : "v3alpha1";
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.plural}.${ambassadorGroup}`, ...(options.labels ? { labels: options.labels } : {}) },
    spec: {
      ...(versions.length > 1 ? { conversion: conversion(options) } : {}),
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
      versions: versions.map((version) => versionOf(kind, version, storage)),
    },
  };
}

/** Hosts of v1 could be written in annotations, but there never was such a custom resource. */
function neverStored(kind: Kind, version: ApiVersion): boolean {
  return kind.kind === "Host" && version === "v1";
}

function versionOf(kind: Kind, version: ApiVersion, storage: ApiVersion): OpenApi {
  const columns = (kind.columns ?? []).map(({ name, path, type = "string" }) => ({ jsonPath: path, name, type }));
  return {
    ...(columns.length > 0 ? { additionalPrinterColumns: columns } : {}),
    name: version,
    schema: { openAPIV3Schema: objectSchema(kind, version) },
    served: true,
    storage: version === storage,
    ...(kind.status ? { subresources: { status: {} } } : {}),
  };
}

function objectSchema(kind: Kind, version: ApiVersion): OpenApi {
  return {
    description: kind.doc,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: openApi(kind.schema, version),
      ...(kind.status ? { status: openApi(kind.status, version) } : {}),
    },
    type: "object",
  };
}

function conversion({ webhook }: CrdOptions): OpenApi {
  const { namespace, service, caBundle } = webhook;
  const clientConfig = {
    ...(caBundle === undefined ? {} : { caBundle }),
    service: { name: service, namespace, path: "/webhooks/crd-convert", port: 443 },
  };
  return { strategy: "Webhook", webhook: { clientConfig, conversionReviewVersions: ["v1"] } };
}
