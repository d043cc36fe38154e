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
export async function lendAddress(network = "198.18"): Promise<LentAddress> {
  for (;;) {
    const [a, b] = [Math.floor(Math.random() * 256), 1 + Math.floor(Math.random() * 254)];
    const address = `${network}.${a}.${b}`;
    try {
      await run("ip", ["address", "add", `${address}/32`, "dev", "lo"]);
      return {
        address,
        giveBack: async () => void (await run("ip", ["address", "del", `${address}/32`, "dev", "lo"])),
      };
    } catch (error) {
      if (!(error instanceof Error && /File exists|already assigned/.test(error.message))) throw error;
    }
  }
}
