/**
 * Sends one request of a case and reports all that a client can see of the answer.
 * Every request has a connection of its own, unless it is repeated.
 */
import type { Socket } from "node:net";
import { connect, type Dial } from "./dial.ts";
import { exchangeHttp1, exchangeHttp2, exchangeRaw } from "./exchange.ts";
import { sendOverHttp3 } from "./http3-client.ts";
import type { Material } from "./material.ts";
import type { RequestSpec } from "./request-spec.ts";

/** What a client saw. */
export interface Seen {
  readonly status?: number;
  /** The reason phrase of HTTP/1. */
  readonly reason?: string;
  readonly http?: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly certificate?: { readonly dnsNames: readonly string[] };
  readonly tls?: { readonly version: string; readonly alpn: string | null };
  /** The connection failed; in the words of the system or of TLS. */
  readonly error?: string;
}

/** Where a listener port of the manifests really is. */
export type AddressOf = (port: number) => { readonly host: string; readonly port: number } | undefined;

/** A request's target taken apart, with the path untouched. */
export interface Target {
  readonly scheme: "http" | "https" | "tcp" | "tls";
  readonly authority: string;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}

const patienceMs = 10_000;

/** Sends it once. */
export async function send(spec: RequestSpec, addressOf: AddressOf, material: Material): Promise<Seen> {
  const target = parseTarget(spec);
  const address = addressOf(target.port);
  if (!address) throw new Error(`${spec.url}: nothing listens on port ${target.port}`);
  if (spec.http === "3") return sendOverHttp3(spec, target, address);
  let socket: Socket | undefined;
  let dial: Dial | undefined;
  try {
    dial = await connect(spec, target, address, material);
    socket = dial.socket;
    socket.setTimeout(patienceMs, () => socket?.destroy(new Error("timed out")));
    const answer = await exchange(spec, target, socket);
    return { ...answer, ...dial.seen };
  } catch (error) {
    return { ...dial?.seen, headers: [], body: "", error: describe(error) };
  } finally {
    socket?.destroy();
  }
}

function exchange(spec: RequestSpec, target: Target, socket: Socket): Promise<Seen> {
  if (target.scheme === "tcp" || target.scheme === "tls") return exchangeRaw(spec, socket);
  return spec.http === "2" ? exchangeHttp2(spec, target, socket) : exchangeHttp1(spec, target, socket);
}

/** Takes the URL apart without normalising anything. */
export function parseTarget(spec: RequestSpec): Target {
  const [, scheme, authority, path] = /^(https?|tcp|tls):\/\/([^/?*]*)(.*)$/s.exec(spec.url) ?? [];
  if (!scheme || authority === undefined) throw new Error(`not a URL: ${spec.url}`);
  const [, hostname = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const standard = { http: 8080, https: 8443 }[scheme];
  const chosen = spec.port ?? (port ? Number(port) : standard);
  if (chosen === undefined) throw new Error(`${spec.url} names no port`);
  return {
    scheme: scheme as Target["scheme"],
    authority: spec.host ?? authority,
    hostname,
    port: chosen,
    path: path || "/",
  };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && !error.message.includes(String(error.code))
    ? `${error.code} ${error.message}`
    : error.message;
}
