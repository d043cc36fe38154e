/**
 * What a run chooses, where the operator left it open: how route tables are laid out, and where certificates are from.
 * Chosen once, by what there is before anything is served, and kept for as long as this Envoy lives, because another
 * choice would end its connections.
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takesScopes } from "#base/envoy-version.ts";
import { errorCode } from "#base/error-code.ts";
import type { Compiler, CompilerEdit, Settings } from "#compiler";

/** From so many routes on, tables are scoped. */
export const manyRoutes = 1_000;

/** From so many certificates with chains of their own on, they are asked for by name. */
export const manyCertificates = 500;

type Chosen = Extract<CompilerEdit, { readonly kind: "routeTables" | "certificates" }>;

/** One of the things to choose. */
interface Choice {
  /** The keeper's sentinel takes away what is named so. */
  readonly file: `${string}.json`;
  isOpen(settings: Settings): boolean;
  hasMany(declared: Compiler["declared"]): boolean;
  readonly forFew: Chosen;
  readonly forMany: Chosen;
}

const choices: readonly Choice[] = [
  {
    file: "route-tables.json",
    isOpen: ({ routeTables, envoyVersion }) => routeTables === undefined && takesScopes(envoyVersion),
    hasMany: ({ routes }) => routes.routes.size >= manyRoutes,
    forFew: { kind: "routeTables", value: "table" },
    forMany: { kind: "routeTables", value: "scoped" },
  },
  {
    file: "certificates.json",
    isOpen: ({ certificates }) => certificates === undefined,
    hasMany: ({ chains }) => (chains.spared.get("") ?? 0) >= manyCertificates,
    forFew: { kind: "certificates", value: "chains" },
    forMany: { kind: "certificates", value: "by-name" },
  },
];

/** Choices, some of which may still have to be made. */
export interface Choices {
  /** What to begin with; while nothing is chosen, as for many, because few are soon done again. */
  readonly edits: readonly CompilerEdit[];
  /** Makes them, once everything that there is has been compiled, and remembers them. */
  settle(compiler: Compiler, push: (edits: readonly CompilerEdit[]) => Promise<unknown>): Promise<void>;
}

/** What is known before anything is compiled. */
export interface ChoosingPlace {
  readonly settings: Settings;
  /** It lives as long as this Envoy. */
  readonly directory: string;
  /** Other control processes serve the same Envoys, and would not all choose alike. */
  readonly shared: boolean;
}

/** Prepares the choices. */
export async function prepareChoices({ settings, directory, shared }: ChoosingPlace): Promise<Choices> {
  const open = shared ? [] : choices.filter(({ isOpen }) => isOpen(settings));
  const remembered = await Promise.all(open.map((choice) => remember(choice, directory)));
  return {
    edits: open.map(({ forMany }, i) => remembered[i] ?? forMany),
    async settle({ declared }, push) {
      const toMake = open.filter((_, i) => !remembered[i]);
      const few = toMake.filter(({ hasMany }) => !hasMany(declared));
      for (const choice of toMake) {
        const { value } = few.includes(choice) ? choice.forFew : choice.forMany;
        await writeFile(join(directory, choice.file), JSON.stringify(value), { mode: 0o600 });
      }
      if (few.length > 0) await push(few.map(({ forFew }) => forFew));
    },
  };
}

async function remember({ file, forFew, forMany }: Choice, directory: string): Promise<Chosen | undefined> {
  try {
    const text = await readFile(join(directory, file), "utf8");
    return [forFew, forMany].find(({ value }) => text === JSON.stringify(value));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
