/**
 * Sends one request of a case and reports all that a client can see of the answer.
 * Every request has a connection of its own, unless it is repeated.
 */
import type { Socket } from "node:net";
import { connect, type Dial } from "./dial.ts";
import { exchangeHttp1, exchangeHttp2, exchangeRaw, type Seen } from "./exchange.ts";
import { sendOverHttp3 } from "./http3-client.ts";
import type { Material } from "./material.ts";
import type { RequestSpec } from "./request-spec.ts";
import { parseTarget, type Target } from "./target.ts";

export type { Seen } from "./exchange.ts";

/** Where a listener port of the manifests really is. */
export type AddressOf = (port: number) => { readonly host: string; readonly port: number } | undefined;

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

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && !error.message.includes(String(error.code))
    ? `${error.code} ${error.message}`
    : error.message;
}
