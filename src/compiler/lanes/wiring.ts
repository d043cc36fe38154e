/**
 * The small adapters with which `compile.ts` joins stages: how results are keyed, and singletons made from many.
 */

import { diagnose } from "#base/diagnostic.ts";
import { takesScopes } from "#base/envoy-version.ts";
import { type HostGlob, parseGlob } from "#base/hostname.ts";
import { formatRef, nameKey, type Origin, type ResourceRef } from "#base/origin.ts";
import { isOurs } from "../api/ambassador-id.ts";
import type { AnyResource, RawObject } from "../api/index.ts";
import { InvalidMessage } from "../envoy/bytes.ts";
import type { ContextDecl } from "../frontends/ambassador/tls.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { HostDecl, HostTls } from "../ir/host.ts";
import type { Route } from "../ir/route.ts";
import type { SecretUse } from "../ir/secret.ts";
import type { Site, Table } from "../ir/virtual-host.ts";
import { coveringKeys, isIrregular as irregularGlob } from "../link/names.ts";
import { compareText } from "../link/order.ts";
import { connectionClass, tableName } from "../link/virtual-hosts.ts";
import { type CertificateSource, defaultSettings, type RouteTables, type Settings } from "../settings.ts";
import type { Admitted } from "./admission.ts";

/** The resource type of a kind. */
export type ResourceOf<K extends AnyResource["kind"]> = Extract<AnyResource, { readonly kind: K }>;

/** How route tables are laid out: as the operator or the run has chosen, as far as Envoy can. */
export function shapeOf({ settings, routeTables }: ShapeInputs): (reads: Reads) => RouteTables {
  return (reads) => {
    const { envoyVersion, routeTables: pinned } = reads.get(settings, "") ?? defaultSettings;
    return takesScopes(envoyVersion) ? (pinned ?? reads.get(routeTables, "") ?? "table") : "table";
  };
}

/** Where Envoy has certificates from, as the operator or the run has chosen. */
export function sourceOf({ settings, certificates }: SourceInputs): (reads: Reads) => CertificateSource {
  return (reads) => reads.get(settings, "")?.certificates ?? reads.get(certificates, "") ?? "chains";
}

interface SourceInputs {
  readonly settings: Collection<Settings>;
  readonly certificates: Collection<CertificateSource>;
}

interface ShapeInputs {
  readonly settings: Collection<Settings>;
  readonly routeTables: Collection<RouteTables>;
}

/** One value under a key, or nothing. */
export function keep<T>(key: string, value: T | undefined): Derived<T> {
  return { out: value === undefined ? [] : [[key, value]] };
}

/**
 * What an emitting step gives, under a key. Where Envoy's own rules forbid it, `instead` is emitted, or nothing, and
 * the object is told.
 */
export function emitted<T>(key: string, origin: Origin, traffic: string, emit: () => T, instead?: () => T): Derived<T> {
  const wanted = attempt(emit);
  if ("value" in wanted) return { out: [[key, wanted.value]] };
  const spare = instead && attempt(instead);
  const problem = diagnose("envoy/invalid", origin, `Envoy would refuse it: ${wanted.problems.join("; ")}`, {
    traffic: spare && !("value" in spare) ? "no request reaches it" : traffic,
  });
  return { out: spare && "value" in spare ? [[key, spare.value]] : [], diagnostics: [problem] };
}

function attempt<T>(emit: () => T): { readonly value: T } | { readonly problems: readonly string[] } {
  try {
    return { value: emit() };
  } catch (error) {
    if (error instanceof InvalidMessage) return { problems: error.problems };
    throw error;
  }
}

/** The only value of a collection that holds one thing. */
export function single<T>(value: T | undefined): Derived<T> {
  return keep("", value);
}

/** A value under an object's coordinates. */
export function named<T>(ref: ResourceRef, value: T): Derived<T> {
  return keep(nameKey(ref), value);
}

/** Applies a stage to admitted resources. */
export function of<R, O>(stage: (resource: R, reads: Reads, key: string) => Derived<O>) {
  return ({ resource }: Admitted<R>, reads: Reads, key: string): Derived<O> => stage(resource, reads, key);
}

/** The first value of a collection, under "": whether there is any, and which comes first. */
export function first<T>(g: Graph, name: string, from: Collection<T>): Collection<T> {
  const together = g.group(
    `${name} of all`,
    from,
    () => [""],
    () => 0,
  );
  return g.map(name, together, ([one]) => single(one));
}

/** The kinds that count even when they are not usable. */
const countedKinds: ReadonlySet<string> = new Set([
  "AmbassadorAuthService",
  "AuthService",
  "Host",
  "Listener",
  "Module",
]);

/** Objects of such a kind that are for this instance, usable or not. */
export function ours(settings: Collection<Settings>) {
  return ([raw]: readonly RawObject[], reads: Reads, key: string): Derived<Origin> => {
    if (!raw || !countedKinds.has(raw.ref.kind) || !raw.ref.group.endsWith("getambassador.io")) return { out: [] };
    const { ambassadorId } = reads.get(settings, "") ?? defaultSettings;
    return isOurs(raw.body["spec"], ambassadorId) ? keep(key, { ref: raw.ref, path: "" }) : { out: [] };
  };
}

/** The group of the one Module that counts. */
export function theModule({ resource }: Admitted<ResourceOf<"Module">>): readonly string[] {
  return resource.ref.name === "ambassador" ? [""] : [];
}

/** By namespace and name. */
export function byOwner(a: { readonly resource: AnyResource }, b: { readonly resource: AnyResource }): number {
  return compareText(formatRef(a.resource.ref), formatRef(b.resource.ref));
}

/** By the object that asks. */
export function byOrigin(a: { readonly origin: Origin }, b: { readonly origin: Origin }): number {
  return compareText(formatRef(a.origin.ref), formatRef(b.origin.ref));
}

/** No order of its own: members stay in the order of their keys. */
export function byKey(): number {
  return 0;
}

/** The cleartext ports that Hosts ask for while there is no Listener, sorted, under "". */
export function cleartextPorts(g: Graph, hosts: Collection<HostDecl>): Collection<readonly number[]> {
  const byPort = g.group("Hosts by cleartext port", hosts, portOf, byKey);
  const ports = g.map("cleartext port", byPort, (_, __, port) => keep(port, Number(port)));
  return g.group(
    "cleartext ports",
    ports,
    () => [""],
    (a, b) => a - b,
  );
}

function portOf({ additionalPort = -1 }: HostDecl): readonly string[] {
  return additionalPort > 0 ? [String(additionalPort)] : [];
}

/** Whether no covering key leads to a glob. */
export function isIrregular(glob: string): boolean {
  const parsed = parseGlob(glob);
  return parsed !== undefined && irregularGlob(parsed);
}

/** The regular globs that cover a glob. */
export function covering(glob: string): readonly string[] {
  const parsed: HostGlob | undefined = parseGlob(glob);
  return parsed ? coveringKeys(parsed) : [];
}

/** The table that serves a site's cleartext and plain TLS; there is always one. */
export function openTable({ name }: Site): Derived<Table> {
  const table = tableName(name, "open");
  return keep(table, { name: table, site: name, class: "open" });
}

/** The table of a class with client certificates, which a Host that asks for them brings into being. */
export function clientTable(
  members: readonly { readonly site: string; readonly host: HostDecl }[],
  _: Reads,
  name: string,
): Derived<Table> {
  const member = members[0];
  return member ? keep(name, { name, site: member.site, class: connectionClass(member.host) }) : { out: [] };
}

/** The name of the client-certificate table that a Host needs. */
export function clientTableName({ site, host }: { readonly site: string; readonly host: HostDecl }): readonly string[] {
  const connections = connectionClass(host);
  return connections === "open" || connections === "none" ? [] : [tableName(site, connections)];
}

/** A TLSContext's certificate for every name that it lists. */
export function contextTls({
  certificate,
  hosts,
  policy,
  ref,
  broken,
}: ContextDecl): Derived<{ readonly host: string; readonly tls: HostTls }> {
  if (!certificate || broken) return { out: [] };
  const tls: HostTls = { certificate, policy, context: formatRef(ref) };
  return { out: hosts.map((host) => [`${ref.namespace}/${ref.name}|${host}`, { host, tls }] as const) };
}

/** The secrets that something uses, each under a key of its own. */
export function uses(owner: string, ...secrets: readonly (SecretUse | undefined)[]): Derived<SecretUse> {
  return { out: secrets.flatMap((use) => (use ? [[`${owner} ${use.name}`, use] as const] : [])) };
}

/** A route's match with nothing behind it: keeps its requests from reaching another route. */
export function unavailable({ policies: _, ...route }: Route): Route {
  const headers = { addRequest: [], removeRequest: [], addResponse: [], removeResponse: [] };
  return { ...route, headers, action: { kind: "respond", status: 503 } };
}
