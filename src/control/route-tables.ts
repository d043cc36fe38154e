/**
 * How route tables are laid out in this run, where the operator left that open: chosen once by the number of routes
 * that there are before anything is served, and kept for as long as this Envoy lives, because another choice would end
 * its connections.
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takesScopes } from "#base/envoy-version.ts";
import { errorCode } from "#base/error-code.ts";
import type { Compiler, CompilerEdit, RouteTables, Settings } from "#compiler";

/** From so many routes on, tables are scoped. */
export const manyRoutes = 1_000;

/** A choice that may still have to be made. */
export interface RouteTableChoice {
  /** What to begin with; while nothing is chosen, as for many routes, because few are soon done again. */
  readonly edits: readonly CompilerEdit[];
  /** Makes the choice, once everything that there is has been compiled, and remembers it. */
  settle(compiler: Compiler, push: (edits: readonly CompilerEdit[]) => Promise<unknown>): Promise<void>;
}

/** What is known before anything is compiled. */
export interface RouteTablePlace {
  readonly settings: Settings;
  /** It lives as long as this Envoy. */
  readonly directory: string;
  /** Other control processes serve the same Envoys, and would not all choose alike. */
  readonly shared: boolean;
}

/** Prepares the choice. */
export async function prepareRouteTables({ settings, directory, shared }: RouteTablePlace): Promise<RouteTableChoice> {
  const settled = async () => undefined;
  if (settings.routeTables !== undefined || shared || !takesScopes(settings.envoyVersion))
    return { edits: [], settle: settled };
  // The keeper's sentinel takes away what is named so.
  const file = join(directory, "route-tables.json");
  const remembered = await readChoice(file);
  if (remembered) return { edits: choose(remembered), settle: settled };
  return {
    edits: choose("scoped"),
    async settle(compiler, push) {
      const chosen = compiler.declared.routes.routes.size < manyRoutes ? "table" : "scoped";
      await writeFile(file, JSON.stringify(chosen), { mode: 0o600 });
      if (chosen === "table") await push(choose(chosen));
    },
  };
}

function choose(value: RouteTables): readonly CompilerEdit[] {
  return [{ kind: "routeTables", value }];
}

async function readChoice(file: string): Promise<RouteTables | undefined> {
  try {
    const text = await readFile(file, "utf8");
    return (["table", "scoped"] as const).find((shape) => text === JSON.stringify(shape));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
