/** A span, whoever it was told to, and the receipt that it is. */
import type { Receipt } from "./receipt.ts";

/** A span as its collector reads it. */
export interface Span {
  readonly kind: "server" | "client";
  readonly name: string;
  readonly service: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** One of `name/server` or `name/client`, with the span's name as its path and its tags as headers. */
export function receiptOf(name: string, { kind, name: path, service, tags }: Span): Receipt {
  return { upstream: `${name}/${kind}`, path, headers: [["service", service], ...Object.entries(tags)], body: "" };
}
