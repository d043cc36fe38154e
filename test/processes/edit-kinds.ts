/**
 * Kinds of edits, each made after the ones before it, and the responses that each of them may cause, among Mappings on
 * Hosts with certificates of their own.
 */
import assert from "node:assert/strict";
import type { CompilerEdit, RawObject } from "#compiler";
import { generate, hostname, mapping, mappingKey, type Shape } from "../bench/generate.ts";

/** A kind of edit. */
export interface EditKind {
  readonly what: string;
  readonly edits: readonly CompilerEdit[];
  /**
   * The responses, one a line; the hash in a cluster's name is left out, and what is removed has a minus. `tables`
   * stands for those that carry routes.
   */
  readonly sent: readonly string[];
  /** The names whose routes are others now: `*` is all of them, and one that is gone has a minus. */
  readonly names: readonly string[];
}

/** The objects that the edits are made among. */
export const shape: Shape = { mappings: 10_000, hosts: 200, bound: true, services: 2000 };
/** All of them. */
export const objects = new Map(generate(shape));
const key = (kind: string, name: string): string => `bench.yaml#${kind}/${name}`;
const object = (kind: string, name: string): RawObject => {
  const found = objects.get(key(kind, name));
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const edited = (raw: RawObject, spec: object): RawObject => ({
  ...raw,
  body: { ...raw.body, spec: { ...(raw.body["spec"] as object), ...spec } },
});
const put = (at: string, value: RawObject): CompilerEdit => ({ kind: "object", key: at, value });
const gone = (at: string): CompilerEdit => ({ kind: "object", key: at });
const named = (raw: RawObject, name: string): RawObject => ({ ...raw, ref: { ...raw.ref, name } });

const listener = "listener tcp-0.0.0.0-8443";
const host = object("Host", "host-7");
const secret = object("Secret", "certificate-7");
const slice = object("EndpointSlice", "service-7-1");
const module: RawObject = {
  ...host,
  ref: { ...host.ref, kind: "Module", name: "ambassador" },
  body: { spec: { config: { add_linkerd_headers: true } } },
};
const plain: RawObject = {
  ...named(host, "plain"),
  body: { spec: { hostname: "plain.example.com", acmeProvider: { authority: "none" } } },
};
const moved = [{ addresses: ["10.9.9.9"], conditions: { ready: true } }];
const canary = (weight: number): RawObject =>
  edited(named(mapping(shape, 7, 1), "canary"), { weight, service: "service-8:8080" });

/** Where responses with routes stand among the others. */
const tables = ["tables"];

/** Kinds of edits, in the order in which they are to be made. */
export const editKinds: readonly EditKind[] = [
  kind("a route is edited", [put(mappingKey(7), mapping(shape, 7, 1))], tables, hostname(7)),
  kind("nothing is edited", [put(mappingKey(7), { ...mapping(shape, 7, 1), annotations: { "a.test/b": "c" } })], []),
  kind("an object gets another key", [gone(mappingKey(9)), put(key("Mapping", "moved"), mapping(shape, 9))], []),
  kind("a host without a certificate comes", [put(key("Host", "plain"), plain)], tables, "plain.example.com"),
  kind(
    "a host with a certificate comes",
    [
      put(key("Host", "new"), edited(named(host, "new"), { hostname: "new.example.com", tlsSecret: { name: "new" } })),
      put(key("Secret", "new"), named(secret, "new")),
    ],
    [listener, ...tables, "secret default/new"],
    "new.example.com",
  ),
  kind(
    "a host goes",
    [gone(key("Host", "new")), gone(key("Secret", "new"))],
    [listener, ...tables],
    "-new.example.com",
  ),
  kind(
    "a certificate is rotated",
    [put(key("Secret", "certificate-7"), { ...secret, body: object("Secret", "certificate-8").body })],
    ["secret default/certificate-7"],
  ),
  kind(
    "an endpoint moves",
    [put(key("EndpointSlice", "service-7-1"), { ...slice, body: { ...slice.body, endpoints: moved } })],
    ["endpoints default/service-7:8080"],
  ),
  kind("a canary comes", [put(key("Mapping", "canary"), canary(10))], tables, hostname(7)),
  kind("its weight is shifted", [put(key("Mapping", "canary"), canary(20))], tables, hostname(7)),
  kind(
    "two routes change places",
    [14, 14 + shape.hosts].map((i) => put(mappingKey(i), edited(mapping(shape, i), { precedence: i }))),
    tables,
    hostname(14),
  ),
  kind("a default of all Mappings changes", [put(key("Module", "ambassador"), module)], tables, "*"),
  kind("one of many Mappings is deleted", [gone(mappingKey(11))], tables, hostname(11)),
  kind(
    "a Service comes with its Mapping",
    [
      put(key("Service", "fresh"), named(object("Service", "service-7"), "fresh")),
      put(key("EndpointSlice", "fresh"), {
        ...named(slice, "fresh"),
        labels: { "kubernetes.io/service-name": "fresh" },
      }),
      put(
        key("Mapping", "fresh"),
        edited(named(mapping(shape, 12), "fresh"), { prefix: "/f/", service: "fresh:8080" }),
      ),
    ],
    ["cluster default/fresh:8080", "endpoints default/fresh:8080", ...tables],
    hostname(12),
  ),
  kind(
    "its only Mapping goes",
    [gone(key("Mapping", "fresh"))],
    [...tables, "cluster -default/fresh:8080"],
    hostname(12),
  ),
];

function kind(
  what: string,
  edits: readonly CompilerEdit[],
  sent: readonly string[],
  ...names: readonly string[]
): EditKind {
  return { what, edits, sent, names };
}
