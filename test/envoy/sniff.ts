/**
 * Takes the PROXY protocol header off the front of a connection and tells what follows it: TLS, HTTP/2 or HTTP/1.
 */
import type { Socket } from "node:net";

/** What a connection begins with once a PROXY header is taken off. */
export type Opening = "tls" | "http2" | "http1";

/** What a PROXY header said. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** Client address and port; undefined for UNKNOWN and LOCAL. */
  readonly source?: string;
  readonly destination?: string;
}

const preface = Buffer.from("PRI * HTTP/2.0\r\n");
const proxyV2 = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const longestHeader = 4096;

/** Reads as little as decides it, and puts back everything but the PROXY header. */
export function sniff(socket: Socket, found: (opening: Opening, proxy: ProxyHeader | undefined) => void): void {
  let head = Buffer.alloc(0);
  let proxy: ProxyHeader | undefined;
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    if (!proxy) {
      const taken = takeProxyHeader(head);
      if (taken === "more" && head.length < longestHeader) return;
      if (typeof taken === "object") [proxy, head] = [taken.proxy, head.subarray(taken.length)];
    }
    const opening = openingOf(head);
    if (!opening) return;
    socket.off("data", read);
    socket.pause();
    socket.unshift(head);
    found(opening, proxy);
  };
  socket.on("data", read);
}

function openingOf(head: Buffer): Opening | undefined {
  if (head.length === 0) return undefined;
  if (head[0] === 0x16) return "tls";
  const length = Math.min(head.length, preface.length);
  if (!head.subarray(0, length).equals(preface.subarray(0, length))) return "http1";
  return length === preface.length ? "http2" : undefined;
}

function takeProxyHeader(head: Buffer): { readonly proxy: ProxyHeader; readonly length: number } | "more" | undefined {
  if (startsLike(head, proxyV2)) return head.length < 16 ? "more" : takeVersion2(head);
  if (!startsLike(head, Buffer.from("PROXY "))) return undefined;
  const end = head.indexOf("\r\n");
  if (end < 0) return "more";
  const [, , source, destination, sourcePort, destinationPort] = head.subarray(0, end).toString("latin1").split(" ");
  const proxy = source
    ? { version: 1 as const, source: `${source}:${sourcePort}`, destination: `${destination}:${destinationPort}` }
    : { version: 1 as const };
  return { proxy, length: end + 2 };
}

function takeVersion2(head: Buffer): { readonly proxy: ProxyHeader; readonly length: number } | "more" {
  const length = 16 + head.readUInt16BE(14);
  if (head.length < length) return "more";
  if (head[13] !== 0x11) return { proxy: { version: 2 }, length };
  const address = (at: number): string => [...head.subarray(at, at + 4)].join(".");
  const source = `${address(16)}:${head.readUInt16BE(24)}`;
  return { proxy: { version: 2, source, destination: `${address(20)}:${head.readUInt16BE(26)}` }, length };
}

function startsLike(head: Buffer, mark: Buffer): boolean {
  const length = Math.min(head.length, mark.length);
  return length > 0 && head.subarray(0, length).equals(mark.subarray(0, length));
}
