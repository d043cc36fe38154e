/**
 * An object as the API server sends it → what is kept of it: the manifest for the compiler, without anything that
 * changes although the manifest does not, and beside it what writing a status needs.
 */

import { type Fields, fieldsOf, text } from "#base/fields.ts";
import { intern } from "#base/intern.ts";
import { type RawObject, withoutUnreadData, writtenVersion } from "#compiler";
import type { ApiResource } from "../../kube/resource.ts";

/** One object of a cluster. */
export interface ClusterObject {
  readonly raw: RawObject;
  readonly resource: ApiResource;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The first version in which its manifest was seen as it is. */
  readonly manifestVersion: string;
  readonly generation: number;
  /** As it was last seen. */
  readonly status: unknown;
}

const none = {};

/** kubectl's copy of the manifest within the manifest. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** What is kept. */
export function keepObject(object: Fields, resource: ApiResource): ClusterObject {
  const { apiVersion: _, kind: __, metadata, status, ...body } = object;
  const fields = fieldsOf(metadata);
  const { generation } = fields;
  const { [lastApplied]: ___, ...annotations } = fieldsOf(fields["annotations"]);
  const created = text(fields, "creationTimestamp");
  const resourceVersion = text(fields, "resourceVersion") ?? "";
  const ref = {
    group: resource.group,
    kind: resource.kind,
    namespace: intern(text(fields, "namespace") ?? ""),
    name: intern(text(fields, "name") ?? ""),
  };
  return {
    raw: {
      ref,
      version: versionOf(object, resource),
      labels: strings(fields["labels"]),
      annotations: strings(annotations),
      ...(created === undefined ? {} : { created }),
      body: readBody(ref, body),
    },
    resource,
    uid: text(fields, "uid") ?? "",
    resourceVersion,
    manifestVersion: resourceVersion,
    generation: typeof generation === "number" ? generation : 0,
    status,
  };
}

/** Secrets and ConfigMaps are many, and large, and mostly other people's. */
function readBody({ group, kind }: RawObject["ref"], body: RawObject["body"]): RawObject["body"] {
  if (group !== "") return body;
  if (kind === "ConfigMap") return none;
  return kind === "Secret" ? withoutUnreadData(body) : body;
}

function versionOf({ apiVersion, metadata, spec }: Fields, { group, version }: ApiResource): string {
  // Items of a list do not all say it again.
  const shown = typeof apiVersion === "string" ? (apiVersion.split("/").at(-1) ?? "") : version;
  return writtenVersion({ group, version: shown }, fieldsOf(metadata), spec);
}

function strings(value: unknown): Readonly<Record<string, string>> {
  const fields = fieldsOf(value);
  // One empty object for all spares memory where there are many.
  return Object.keys(fields).length === 0 ? none : (fields as Readonly<Record<string, string>>);
}
