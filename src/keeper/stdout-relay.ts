/**
 * Envoy opens `/dev/fd/1` anew for its access log, which no socket allows, and Node's own pipes are sockets.
 * Where our standard output is a pipe or a terminal Envoy gets it as it is; elsewhere a named pipe is put in between.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { promisify } from "node:util";

/** What Envoy gets as its standard output. */
export interface StdoutRelay {
  readonly fd: number;
  close(): void;
}

/** Prepares a standard output for Envoy that ends in ours. */
export async function openStdoutRelay(
  directory: string,
  ours: Writable & { readonly fd?: number },
): Promise<StdoutRelay> {
  const { fd } = ours;
  if (fd !== undefined) {
    const kind = fstatSync(fd);
    // A file would be written by two of us, each at its own place.
    if (kind.isFIFO() || kind.isCharacterDevice()) return { fd, close: () => undefined };
  }
  const path = join(directory, "stdout.pipe");
  await promisify(execFile)("mkfifo", ["-m", "600", path]);
  // Open for both, so that it never comes to its end while Envoy is being replaced.
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  const socket = new Socket({ fd: reader, readable: true, writable: false });
  socket.pipe(ours, { end: false });
  return {
    fd: writer,
    close() {
      socket.unpipe(ours);
      socket.destroy();
      closeSync(writer);
    },
  };
}
