/** An answer of the admin interface, and how it is written. */
import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** An answer: a text as it is, pieces of a text that are made while they are read, or anything else as JSON. */
export type AdminAnswer = {
  readonly status?: number;
  /** Of a text; plain text when absent. */
  readonly type?: string;
} & ({ readonly body: unknown } | { readonly pieces: Iterable<string> });

const plainText = "text/plain; charset=utf-8";
const pieceLength = 64 * 1024;

/** Writes it; rejects when the connection breaks. */
export async function respond(response: ServerResponse, answer: AdminAnswer, headOnly: boolean): Promise<void> {
  const isJson = "body" in answer && typeof answer.body !== "string";
  const type = isJson ? "application/json" : (answer.type ?? plainText);
  response.writeHead(answer.status ?? 200, { "content-type": type, "cache-control": "no-store" });
  if (headOnly) response.end();
  else if ("pieces" in answer) await writePieces(response, answer.pieces);
  else response.end(isJson ? `${JSON.stringify(answer.body)}\n` : answer.body);
}

/** Between pieces other work goes on, even when the reader is faster than we are. */
async function writePieces(response: ServerResponse, texts: Iterable<string>): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceLength) continue;
    const isTaken = response.write(piece);
    piece = "";
    if (isTaken) await new Promise(setImmediate);
    else await once(response, "drain", { signal: gone.signal });
    gone.signal.throwIfAborted();
  }
  response.end(piece);
}
