/**
 * Splits a stream of bytes into lines of JSON, as a watch sends its events: all events of one chunk come together.
 */
import { NoAnswer } from "./failure.ts";

/** A line longer than this is not an object of an API server, whose store takes 1.5 MiB. */
const maxLineBytes = 16 << 20;
const newline = 0x0a;

/** The values of complete lines, chunk by chunk. A last line without an end is no event and is left out. */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly unknown[]> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const values: unknown[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      parts.push(chunk.subarray(start, end));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      size = 0;
      start = end + 1;
      if (line.trim() !== "") values.push(parseJson(line));
    }
    size += chunk.length - start;
    if (size > maxLineBytes) throw new NoAnswer("the API server sent an event of more than 16 MiB");
    if (start < chunk.length) parts.push(chunk.subarray(start));
    if (values.length > 0) yield values;
  }
}

/** Parses what the API server sent; what is no JSON comes from somebody else. */
export function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new NoAnswer("the answer is not JSON", { cause: error });
  }
}
