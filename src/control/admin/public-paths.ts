/** What others than this machine may ask. */
import type { Compiler } from "#compiler";
import { diagnosticsPath } from "./diagnostics.ts";
import type { Stranger } from "./stranger.ts";

const probePaths: readonly string[] = ["/ambassador/v0/check_alive", "/ambassador/v0/check_ready"];

/** What those may ask who watch over this instance: they call its port, and clients of the gateway do not. */
const watchPaths: readonly string[] = ["/healthz", "/metrics"];

/** Everyone may ask the probes, and the diagnostics where the Module says allow_non_local. */
export function publicPaths(compiler: Compiler): (path: string, asks: Stranger) => boolean {
  return (path, asks) => {
    if (isForEveryone(path, asks)) return true;
    const { diagnostics } = compiler.declared.module.settings.get("")?.config ?? {};
    return path === diagnosticsPath && diagnostics?.allow_non_local === true;
  };
}

/** What others may ask whatever manifests say. */
export function isForEveryone(path: string, asks: Stranger): boolean {
  return probePaths.includes(path) || (asks === "from-elsewhere" && watchPaths.includes(path));
}
