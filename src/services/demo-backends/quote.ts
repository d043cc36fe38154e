/**
 * The `quote` backend: answers `GET /` with JSON that holds the server's name, a quote and the time.
 */
import type { IncomingMessage } from "node:http";
import type { Answer, Answerer } from "./listen.ts";
import { quotes } from "./quotes.ts";

const adjectives = ["amber", "brisk", "calm", "distant", "eager", "faint", "gentle", "hollow", "quiet", "silver"];
const things = ["anchor", "bridge", "canal", "ferry", "harbor", "island", "lantern", "meadow", "orchard", "river"];

/** A name that tells one process from another, such as `calm-ferry-4z8k`. */
export function pickServerName(): string {
  const suffix = Math.floor(Math.random() * 36 ** 4).toString(36);
  return `${pick(adjectives)}-${pick(things)}-${suffix.padStart(4, "0")}`;
}

/** Answers for the server of that name. */
export function answerQuote(server: string): Answerer {
  return (request: IncomingMessage): Answer => {
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/health") return { status: 200, contentType: "text/plain; charset=utf-8", body: "ok\n" };
    if (path !== "/" && path !== "/get-quote/")
      return json(404, { server, error: `There is nothing at ${path}; quotes are at /.` });
    if (request.method !== "GET" && request.method !== "HEAD") {
      return { ...json(405, { server, error: "Quotes can only be read, with GET." }), headers: { allow: "GET, HEAD" } };
    }
    return json(200, { server, quote: pick(quotes), time: new Date().toISOString() });
  };
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: "application/json", body: `${JSON.stringify(value, null, 2)}\n` };
}

function pick(from: readonly string[]): string {
  return from[Math.floor(Math.random() * from.length)] ?? "";
}
