/**
 * Let's Encrypt's test authority (pebble) and the DNS server that belongs to it, from one Go module.
 */
import { join } from "node:path";
import { buildOrExplain, type GoModule, obtainPrograms } from "../go-programs.ts";

const pebble: GoModule = {
  directory: join(import.meta.dirname, "programs", "pebble"),
  folder: "acme",
  origin: "github.com/letsencrypt/pebble/v2",
  programs: {
    pebble: "github.com/letsencrypt/pebble/v2/cmd/pebble",
    "pebble-challtestsrv": "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv",
  },
  linked: (version) => ({ "main.version": version }),
};

/** Paths of the programs. */
export interface AcmePrograms {
  readonly authority: string;
  readonly dns: string;
}

/** Built first when the cache lacks them, which takes less than a minute. */
export async function acmePrograms(): Promise<AcmePrograms> {
  const directory = await obtainPrograms(pebble);
  return { authority: join(directory, "pebble"), dns: join(directory, "pebble-challtestsrv") };
}

if (import.meta.main) await buildOrExplain(acmePrograms);
