/**
 * Who an object says it is: group, version, kind, namespace, name. The rules are those of an API server, and for the
 * flat documents of old (no metadata, group `ambassador`) those of the annotations that they were written for.
 */
import { type Fields, isFields } from "#base/fields.ts";
import { intern } from "#base/intern.ts";
import type { ResourceRef } from "#base/origin.ts";

/** An object's identity, or as much of it as could be read and what is wrong with the rest. */
export type Identity =
  | KnownIdentity
  | (Partial<Omit<KnownIdentity, "problem">> & { readonly kind: string; readonly problem: IdentityProblem });

/** An identity without a problem. */
export interface KnownIdentity {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly ref: ResourceRef;
  /** Written without metadata and spec. */
  readonly flat: boolean;
  readonly problem?: undefined;
}

interface IdentityProblem {
  readonly code: "manifest/no-kind" | "manifest/no-name" | "manifest/bad-name" | "manifest/not-an-object";
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Several objects in one document, and what the document says of them all. */
export interface List {
  readonly items: readonly unknown[];
  /** The way from the document to the items. */
  readonly steps: readonly string[];
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** The objects of an array, a `List`, or a `ServiceList` and the like as an API server answers; else undefined. */
export function readList(value: unknown): List | undefined {
  if (Array.isArray(value)) return { items: value, steps: [] };
  if (!isFields(value)) return undefined;
  const { apiVersion, kind, items } = value;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  if (kind === "List" || typeof apiVersion !== "string") return { items, steps: ["items"] };
  return { items, steps: ["items"], apiVersion, kind: kind.slice(0, -"List".length) };
}

/** Reads the identity of an object; a namespaced one that names no namespace is in `defaultNamespace`. */
export function identify(fields: Fields, defaultNamespace: string): Identity {
  const { apiVersion, kind } = fields;
  if (typeof kind !== "string" || kind === "") return unidentified("", ".kind", "the document has no kind");
  if (typeof apiVersion !== "string") return unidentified(kind, ".apiVersion", "the document has no apiVersion");
  const split = splitApiVersion(apiVersion);
  if (split === undefined)
    return unidentified(kind, ".apiVersion", `apiVersion ${quote(apiVersion)} is not of the form group/version`);
  const flat = fields["metadata"] === undefined && ambassadorGroups.has(split.written);
  const metadata = flat ? fields : fields["metadata"];
  const known = { group: intern(split.group), version: intern(split.version), kind: intern(kind) };
  const path = flat ? "" : ".metadata";
  const problem = metadataProblem(metadata, known.group, kind, flat, path);
  if (problem !== undefined || !isFields(metadata)) return { ...known, flat, problem: problem ?? noName(path) };
  const namespace = isClusterScoped(known.group, kind) ? "" : intern(namespaceOf(metadata, defaultNamespace));
  const name = intern(String(metadata["name"]));
  return { ...known, flat, ref: { group: known.group, kind: known.kind, namespace, name } };
}

const ambassadorGroups: ReadonlySet<string> = new Set(["ambassador", "getambassador.io", "x.getambassador.io"]);

/** The group `ambassador` is what getambassador.io was called before there were custom resources. */
function splitApiVersion(apiVersion: string): { group: string; version: string; written: string } | undefined {
  const parts = apiVersion.split("/");
  const [first, second] = parts;
  if (first === undefined || first === "" || second === "" || parts.length > 2) return undefined;
  if (second === undefined) return { group: "", version: first, written: "" };
  return { group: first === "ambassador" ? "getambassador.io" : first, version: second, written: first };
}

const clusterScoped: ReadonlySet<string> = new Set([
  "/Namespace",
  "/Node",
  "/PersistentVolume",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "gateway.networking.k8s.io/GatewayClass",
  "networking.k8s.io/IngressClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
]);

function isClusterScoped(group: string, kind: string): boolean {
  return clusterScoped.has(`${group}/${kind}`);
}

/** Ambassador's word for the namespace that it runs in itself. */
const ownNamespace = "_automatic_";

function namespaceOf(metadata: Fields, defaultNamespace: string): string {
  const namespace = metadata["namespace"] ?? ownNamespace;
  return namespace === ownNamespace ? defaultNamespace : String(namespace);
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function isDnsSubdomain(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => dnsLabel.test(label));
}

/** Flat documents were never seen by an API server, so their names were free: `quote_mapping`, `Quote`. */
function isFreeName(name: string): boolean {
  return name.length <= 253 && /^[\x20-\x7e]+$/.test(name) && name.trim() === name;
}

function metadataProblem(
  metadata: unknown,
  group: string,
  kind: string,
  flat: boolean,
  path: string,
): IdentityProblem | undefined {
  if (metadata !== undefined && !isFields(metadata)) {
    return { code: "manifest/not-an-object", path, message: "metadata must be an object" };
  }
  const name = metadata?.["name"];
  if (name === undefined || name === null || name === "") return noName(path, metadata);
  if (typeof name !== "string") {
    return {
      code: "manifest/bad-name",
      path: `${path}.name`,
      message: `the name is ${quote(name)}, which is not text`,
      hint: "put it in quotes",
    };
  }
  if (!(flat ? isFreeName(name) : isDnsSubdomain(name))) return badName(name, `${path}.name`, flat);
  const namespace = metadata?.["namespace"];
  if (namespace === undefined || namespace === null || isClusterScoped(group, kind)) return undefined;
  if (
    typeof namespace === "string" &&
    namespace.length <= 63 &&
    (dnsLabel.test(namespace) || namespace === ownNamespace)
  )
    return undefined;
  const message = `${quote(namespace)} is not a possible name of a namespace`;
  return { code: "manifest/bad-name", path: `${path}.namespace`, message, hint: namespaceRule };
}

const namespaceRule =
  "a namespace is at most 63 lower-case letters, digits and dashes, and begins and ends with a letter or digit";
const nameRule =
  "a name is at most 253 lower-case letters, digits, dashes and dots; what stands between dots begins and ends with a letter or digit";

function badName(name: string, path: string, flat: boolean): IdentityProblem {
  const hint = flat ? "a name is at most 253 printable ASCII characters" : nameRule;
  return { code: "manifest/bad-name", path, message: `${quote(name)} is not a possible name`, hint };
}

function noName(path: string, metadata: Fields = {}): IdentityProblem {
  const message = "the object has no name";
  if (metadata["generateName"] === undefined) return { code: "manifest/no-name", path: `${path}.name`, message };
  return {
    code: "manifest/no-name",
    path: `${path}.generateName`,
    message,
    hint: "generateName means something to an API server only; give a name",
  };
}

function unidentified(kind: string, path: string, message: string): Identity {
  const hint = "every document needs apiVersion, kind and metadata.name";
  return { kind, problem: { code: "manifest/no-kind", path, message, hint } };
}

/** A value of the user's as messages show it: short, and never a whole object. */
export function quote(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  const text = String(value);
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : value);
}
