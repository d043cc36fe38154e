/**
 * Addresses of pods that there are not: an API server takes none of 127.0.0.0/8 in an EndpointSlice, so others are lent
 * to the loopback interface. They come from the range for benchmarks (RFC 2544), which no network routes.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An address on this machine for as long as it is kept. */
export interface LentAddress {
  readonly address: string;
  giveBack(): Promise<void>;
}

/**
 * Lends one; two test files that run at once get different ones. `network` is the first half of the address, where
 * another than the pods' is wanted.
 */
export function lendAddress(network = "198.18"): Promise<LentAddress> {
  return lend(() => `${network}.${Math.floor(Math.random() * 256)}.${1 + Math.floor(Math.random() * 254)}`, 32);
}

/** A Unique Local Address (RFC 4193) of a prefix that is drawn anew for each. */
export function lendAddress6(): Promise<LentAddress> {
  const group = () => Math.floor(Math.random() * 0x10000).toString(16);
  return lend(
    () => `fd${(0x100 + Math.floor(Math.random() * 0x100)).toString(16).slice(1)}:${group()}:${group()}::1`,
    128,
    // Nobody else can have it, so that it need not be asked about before it can be used.
    ["nodad"],
  );
}

async function lend(draw: () => string, bits: number, flags: readonly string[] = []): Promise<LentAddress> {
  for (;;) {
    const address = draw();
    try {
      await run("ip", ["address", "add", `${address}/${bits}`, "dev", "lo", ...flags]);
      return {
        address,
        giveBack: async () => void (await run("ip", ["address", "del", `${address}/${bits}`, "dev", "lo"])),
      };
    } catch (error) {
      if (!(error instanceof Error && /File exists|already assigned/.test(error.message))) throw error;
    }
  }
}
