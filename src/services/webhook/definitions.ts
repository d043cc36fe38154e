/**
 * The CustomResourceDefinitions of the product's kinds in a cluster: which of them the API server asks the webhook
 * for, whom it believes, and the change that makes it so.
 */

import { type Fields, fieldsOf, list, text } from "#base/fields.ts";
import type { Log } from "#base/log.ts";
import { customKinds } from "../../compiler/api/index.ts";
import type { Client } from "../../control/kube/client.ts";
import { ApiFailure } from "../../control/kube/failure.ts";
import { type ApiResource, objectPath } from "../../control/kube/resource.ts";
import { convertPath } from "./server.ts";

/** How the API server finds the webhook. */
export interface ServicePlace {
  readonly namespace: string;
  readonly service: string;
}

/** What is kept of a definition. */
export interface Definition {
  readonly name: string;
  readonly resourceVersion: string;
  /** Whether there is anything to convert. */
  readonly hasSeveralVersions: boolean;
  readonly conversion: Fields;
}

/** Definitions as the API server names them. */
export const definitions: ApiResource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};

const ours: ReadonlySet<string> = new Set(customKinds().map(({ plural, group }) => `${plural}.${group}`));

/** Reads a definition; undefined for kinds that are somebody else's. */
export function readDefinition(object: Fields): Definition | undefined {
  const { name, resourceVersion } = fieldsOf(object["metadata"]);
  const spec = fieldsOf(object["spec"]);
  if (typeof name !== "string" || !ours.has(name)) return undefined;
  const conversion = fieldsOf(spec["conversion"]);
  const hasSeveralVersions = list(spec, "versions").length > 1;
  return { name, resourceVersion: String(resourceVersion ?? ""), hasSeveralVersions, conversion };
}

/** The certificates, as PEM, by which the API server knows the webhook; none where it asks somebody else or nobody. */
export function believedBy({ conversion }: Definition, place: ServicePlace): string {
  const config = fieldsOf(fieldsOf(conversion["webhook"])["clientConfig"]);
  const service = fieldsOf(config["service"]);
  const isOurs =
    conversion["strategy"] === "Webhook" &&
    service["name"] === place.service &&
    service["namespace"] === place.namespace &&
    service["path"] === convertPath;
  return isOurs ? Buffer.from(text(config, "caBundle") ?? "", "base64").toString("utf8") : "";
}

/** Writes into definitions. */
export interface DefinitionWriter {
  /** Makes the API server ask the webhook, and believe these certificates (PEM). */
  entrust(definition: Definition, certificates: string, signal: AbortSignal): Promise<void>;
}

const minuteMs = 60_000;
/** Whoever has to write the same thing this often within a minute does not write alone. */
const mostPerMinute = 5;
const putOffMs = 5 * minuteMs;

interface Written {
  readonly certificates: string;
  readonly times: readonly number[];
}

/** Opens a writer that does not go on for ever against somebody else who writes the same. */
export function openDefinitionWriter(client: Client, place: ServicePlace, log: Log): DefinitionWriter {
  const history = new Map<string, Written>();

  /** When this was written lately. */
  function lately(name: string, certificates: string): readonly number[] {
    const known = history.get(name);
    if (known?.certificates !== certificates) return [];
    const isFull = known.times.length >= mostPerMinute;
    return known.times.filter((time) => performance.now() - time < (isFull ? putOffMs : minuteMs));
  }

  return {
    async entrust({ name, resourceVersion }, certificates, signal) {
      const times = lately(name, certificates);
      if (times.length >= mostPerMinute) return;
      const spec = { conversion: conversionBy(place, certificates) };
      try {
        await client.ask({
          method: "PATCH",
          path: objectPath(definitions, { namespace: "", name }),
          contentType: "application/merge-patch+json",
          body: { metadata: { resourceVersion }, spec },
          signal,
        });
      } catch (error) {
        // Somebody was quicker, or it is gone: the watch tells.
        if (error instanceof ApiFailure && (error.status === 409 || error.status === 404)) return;
        throw error;
      }
      history.set(name, { certificates, times: [...times, performance.now()] });
      log("info", `${name} is converted here`);
      if (times.length + 1 < mostPerMinute) return;
      log("warning", `${name}: somebody else keeps changing who converts; ours waits five minutes`);
    },
  };
}

function conversionBy({ namespace, service }: ServicePlace, certificates: string): Fields {
  const clientConfig = {
    url: null,
    service: { namespace, name: service, path: convertPath, port: 443 },
    caBundle: Buffer.from(certificates).toString("base64"),
  };
  return { strategy: "Webhook", webhook: { clientConfig, conversionReviewVersions: ["v1"] } };
}
