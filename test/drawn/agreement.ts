/** Whether what `why` says of a request is what a real Envoy did. */
import {
  type ClientRequest,
  type Effect,
  type Explanation,
  type Outcome,
  parseRequest,
  type Upstream,
} from "#compiler";
import type { Receipt } from "../envoy/receipt.ts";
import type { RequestSpec } from "../envoy/request-spec.ts";
import { parseTarget } from "../envoy/target.ts";
import type { Observation } from "./stage.ts";

/** The request as `why` takes it. */
export function clientRequest(spec: RequestSpec): ClientRequest {
  const { scheme, hostname, authority, port, path } = parseTarget(spec);
  const headers = Object.entries(spec.headers ?? {}).map(([name, value]) => `${name}: ${String(value)}`);
  const text = `${spec.method ?? "GET"} ${scheme}://${hostname}:${port}${path}`;
  const parsed = parseRequest(text, [...headers, `Host: ${authority}`]);
  if (typeof parsed === "string") throw new Error(parsed);
  return {
    ...parsed,
    ...(spec.http === "2" ? { http2: true } : {}),
    peer: "127.0.0.1",
    from: spec.proxyProtocol?.source.replace(/:.*/, "") ?? "127.0.0.1",
  };
}

/** Where upstreams of the stage are. */
type Upstreams = ReadonlyMap<string, string>;

/** The outcomes that were observed: several, where they look alike. */
export function outcomesSeen({ outcomes }: Explanation, seen: Observation, upstreams: Upstreams): readonly Outcome[] {
  return outcomes.filter(({ does }) => isSeen(does, seen, upstreams));
}

function isSeen(does: Effect, seen: Observation, upstreams: Upstreams): boolean {
  switch (does.kind) {
    case "close":
      return seen.status === undefined && seen.receipts.length === 0;
    case "respond":
      return seen.status === does.status && seen.receipts.length === 0;
    case "redirect":
      return seen.status === does.status && seen.location === does.location && seen.receipts.length === 0;
    case "tcp": {
      const name = nameOf(does.upstream, upstreams);
      return name === undefined ? seen.receipts.length === 0 : seen.receipts.every(({ upstream }) => upstream === name);
    }
    case "forward":
      return isForwarded(does, seen, upstreams);
  }
}

function isForwarded(does: Effect & { readonly kind: "forward" }, seen: Observation, upstreams: Upstreams): boolean {
  const name = nameOf(does.upstream, upstreams);
  const copies = does.mirror && nameOf(does.mirror.upstream, upstreams);
  const mine = seen.receipts.filter(({ upstream }) => upstream === name);
  const others = seen.receipts.filter(({ upstream }) => upstream !== name && upstream !== copies);
  if (others.length > 0) return false;
  // Nothing listens there, or a name whose addresses are none of why's business.
  if (mine.length === 0) return (name === undefined || does.upstream.addresses.length === 0) && isFailure(seen.status);
  return mine.every(
    ({ path, headers }) => path === does.path && (does.host === undefined || hostOf(headers) === does.host),
  );
}

function isFailure(status: number | undefined): boolean {
  return status === 503 || status === 504;
}

function hostOf(headers: Receipt["headers"]): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === "host")?.[1];
}

/** The upstream of the stage that a cluster leads to. */
function nameOf({ addresses, target }: Upstream, upstreams: Upstreams): string | undefined {
  const [address = target.replace("the DNS name localhost:", "127.0.0.1:")] = addresses;
  return upstreams.get(address);
}

/** An outcome in a line. */
export function describeOutcome({ percent, at, does }: Outcome, upstreams: Upstreams): string {
  const who = at ? `${at.ref.kind} ${at.ref.name}${at.path}` : "nobody";
  return `${percent} % ${who}: ${describeEffect(does, upstreams)}`;
}

function describeEffect(does: Effect, upstreams: Upstreams): string {
  switch (does.kind) {
    case "close":
      return `closed (${does.because})`;
    case "respond":
      return `${does.status} (${does.because})`;
    case "redirect":
      return `${does.status} to ${does.location}`;
    case "tcp":
      return `TCP to ${nameOf(does.upstream, upstreams) ?? does.upstream.target}`;
    case "forward": {
      const to = nameOf(does.upstream, upstreams) ?? `${does.upstream.target} ${does.upstream.addresses.join()}`;
      return `${to} gets ${does.path} for ${does.host ?? "any name"}`;
    }
  }
}

/** An observation in a line. */
export function describeSeen({ status, location, error = "closed", receipts }: Observation): string {
  const answer = `${status ?? error}${location === undefined ? "" : ` to ${location}`}`;
  return [
    answer,
    ...receipts.map(({ upstream, path, headers }) => `${upstream} got ${path} for ${hostOf(headers)}`),
  ].join("; ");
}
