/** Rules for the settings of upstreams that no field's schema can tell; Mappings, TCPMappings and the Module share them. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { headTextProblem, matchedNameProblem } from "./header-rules.ts";

/** The settings that the rules look at. */
export interface UpstreamSettings {
  readonly circuit_breakers?: readonly { readonly priority: string }[];
  readonly keepalive?: KeepaliveFields;
  readonly load_balancer?: LoadBalancerFields;
  readonly retry_policy?: { readonly retry_on: string };
}

/** `load_balancer` as it is written. */
export interface LoadBalancerFields {
  readonly policy: string;
  readonly cookie?: { readonly name: string; readonly path?: string };
  readonly header?: string;
  readonly source_ip?: boolean;
}

/** `keepalive` as it is written. */
export type KeepaliveFields = Partial<Readonly<Record<"probes" | "idle_time" | "time" | "interval", number>>>;

/** What is worth knowing of settings that are used all the same. `at` is what holds them. */
export function upstreamNotes(settings: UpstreamSettings, at: Origin): readonly Diagnostic[] {
  const { circuit_breakers: limits, keepalive, retry_policy: retry } = settings;
  return [
    ...(limits ? limitsTwice(limits, at) : []),
    ...(keepalive ? [...impossibleKeepalive(keepalive, at), ...idleTimeNotes(possibleKeepalive(keepalive), at)] : []),
    ...(retry?.retry_on === "retriable-status-codes" ? [retriesNothing(at)] : []),
  ];
}

/** Envoy wants to be told the statuses; that was never possible, and clients may not tell them. */
function retriesNothing(at: Origin): Diagnostic {
  const message = "retriable-status-codes needs a list of statuses, which cannot be given";
  const detail = { traffic: "no request is tried again", hint: "use 5xx, gateway-error or retriable-4xx" };
  return diagnose("mapping/retry-without-statuses", child(at, "retry_policy", "retry_on"), message, detail);
}

/** Of limits for one priority, Envoy takes the first. */
function limitsTwice(limits: NonNullable<UpstreamSettings["circuit_breakers"]>, at: Origin): readonly Diagnostic[] {
  const first = (priority: string): number => limits.findIndex((limit) => limit.priority === priority);
  return limits.flatMap(({ priority }, index) => {
    if (first(priority) === index) return [];
    const message = `there are limits for requests of priority ${priority} already`;
    const traffic = "the first ones count, and these have no effect";
    const hint = "put all limits of a priority together";
    return [diagnose("service/limits-twice", child(at, "circuit_breakers", index), message, { traffic, hint })];
  });
}

// What Linux takes: with anything else no connection could be made.
const keepaliveMost = { probes: 127, idle_time: 32767, time: 32767, interval: 32767 } as const;

/** The values of `keepalive` that connections can have. */
export function possibleKeepalive(given: KeepaliveFields): KeepaliveFields {
  const possible = Object.entries(keepaliveMost).flatMap(([field, most]) => {
    const value = given[field as keyof KeepaliveFields];
    return value === undefined || value < 1 || value > most ? [] : [[field, value] as const];
  });
  return Object.fromEntries(possible);
}

/** The old system had another name for it than its documents. */
function idleTimeNotes({ idle_time: idle, time }: KeepaliveFields, at: Origin): readonly Diagnostic[] {
  if (idle === undefined || idle === time) return [];
  const message = "idle_time counts as documented; the old system read time in its place";
  const was = time === undefined ? "the operating system's own value" : `${time} s`;
  const traffic = `silent connections are probed after ${idle} s, which was ${was}`;
  return [diagnose("compat/idle-time", child(at, "keepalive", "idle_time"), message, { traffic })];
}

function impossibleKeepalive(given: KeepaliveFields, at: Origin): readonly Diagnostic[] {
  const possible = possibleKeepalive(given);
  return (Object.keys(given) as (keyof KeepaliveFields)[]).flatMap((field) => {
    if (field in possible) return [];
    const message = `${given[field]} is not between 1 and ${keepaliveMost[field]}`;
    const traffic = "connections have the operating system's own value";
    return [diagnose("service/impossible-keepalive", child(at, "keepalive", field), message, { traffic })];
  });
}

/** Why a `load_balancer` cannot be used: the old system dropped a Mapping for it. */
export function balancingProblems(
  { load_balancer: given }: UpstreamSettings,
  at: Origin,
  feature: "mapping" | "module",
  traffic: string,
): readonly Diagnostic[] {
  const problem = given && balancingProblem(given);
  if (!problem) return [];
  const [steps, why] = problem;
  const where = child(at, "load_balancer", ...steps);
  return [diagnose(`${feature}/invalid-value`, where, `${where.path}: ${why}`, { traffic })];
}

function balancingProblem(given: LoadBalancerFields): readonly [steps: readonly string[], why: string] | undefined {
  const { policy, cookie, header, source_ip } = given;
  const keys = [
    cookie ? ["cookie"] : [],
    header === undefined ? [] : ["header"],
    source_ip ? ["source_ip"] : [],
  ].flat();
  const [first, second] = keys;
  if (policy === "round_robin" || policy === "least_request") {
    return first === undefined ? undefined : [[first], `goes with ring_hash and maglev only, not with ${policy}`];
  }
  if (first === undefined) return [[], `${policy} needs what it shall hash: one of cookie, header and source_ip`];
  if (second !== undefined) return [[second], `there is ${first} already, and only one thing can be hashed`];
  const unusual = header === undefined ? undefined : matchedNameProblem(header);
  if (unusual !== undefined) return [["header"], unusual];
  if (cookie && matchedNameProblem(cookie.name) !== undefined)
    return [["cookie", "name"], "is not the name of a cookie"];
  const path = headTextProblem(cookie?.path ?? "");
  return path === undefined ? undefined : [["cookie", "path"], path];
}
