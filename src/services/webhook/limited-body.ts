/** Reads the body of a request up to a limit. */
import type { IncomingMessage } from "node:http";

/** The body as text; undefined when it is larger than the limit, and then the rest of it is not kept. Rejects when the client goes away. */
export async function readLimited(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      request.resume();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
