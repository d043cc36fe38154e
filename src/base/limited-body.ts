/** Reads what comes over a network, up to a limit: nobody may fill this process's memory. */

/** Node's requests and answers are such. */
interface Body {
  iterator(options: { destroyOnReturn: boolean }): AsyncIterable<Uint8Array>;
  resume(): unknown;
}

/**
 * The whole body; undefined when it is larger than the limit. Then the rest flows by unkept, so that its sender can
 * still be answered; whoever does not answer destroys it. Rejects when the sender goes away.
 */
export async function readLimited(body: Body, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    size += chunk.byteLength;
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  if (size <= maxBytes) return Buffer.concat(chunks);
  // Not before the loop has let go of the body, which would not flow.
  body.resume();
  return undefined;
}
