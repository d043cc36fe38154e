/**
 * What a run chooses, where the operator left it open: how route tables are laid out, and where certificates are from.
 * Chosen by what there is before anything is served, and kept for as long as this Envoy lives, because another choice
 * ends its connections; but a run that outgrows a choice while nobody is connected has nothing to end, and chooses again.
 */

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { takesScopes } from "#base/envoy-version.ts";
import { errorCode } from "#base/error-code.ts";
import type { Compiler, CompilerEdit, Settings } from "#compiler";
import type { Clock } from "./clock.ts";

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
  settle(compiler: Compiler, push: Push): Promise<void>;
  /** Chooses for many where there are many by now and nobody is connected; else looks again later. */
  outgrow(around: Growth): void;
}

type Push = (edits: readonly CompilerEdit[]) => Promise<unknown>;

/** What choosing again needs. */
export interface Growth {
  readonly compiler: Compiler;
  readonly push: Push;
  readonly clock: Clock;
  /** Whether anybody may be connected to Envoy's listeners. */
  isConnected(): Promise<boolean>;
}

/** How often a run that has outgrown a choice looks whether somebody is still connected. */
export const againMs = 60_000;

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
  const forFew = new Set(open.filter((choice, i) => remembered[i] === choice.forFew));
  let looking = false;

  const outgrown = ({ declared }: Compiler) => [...forFew].filter(({ hasMany }) => hasMany(declared));

  /** Gives whether nothing is left to look for. */
  async function look({ compiler, push, isConnected }: Growth): Promise<boolean> {
    if (await isConnected()) return false;
    const again = outgrown(compiler);
    for (const choice of again) {
      await note(choice, choice.forMany, directory);
      forFew.delete(choice);
    }
    await push(again.map(({ forMany }) => forMany));
    return true;
  }

  function outgrow(around: Growth): void {
    if (looking || outgrown(around.compiler).length === 0) return;
    looking = true;
    const rest = (): void => {
      looking = false;
    };
    const later = (): void => {
      around.clock.after(againMs, () => {
        rest();
        outgrow(around);
      });
    };
    // An Envoy that does not answer may have connections.
    look(around).then((isDone) => (isDone ? rest() : later()), later);
  }

  return {
    edits: open.map(({ forMany }, i) => remembered[i] ?? forMany),
    async settle({ declared }, push) {
      const toMake = open.filter((_, i) => !remembered[i]);
      const few = toMake.filter(({ hasMany }) => !hasMany(declared));
      for (const choice of few) forFew.add(choice);
      for (const choice of toMake) await note(choice, forFew.has(choice) ? choice.forFew : choice.forMany, directory);
      if (few.length > 0) await push(few.map((choice) => choice.forFew));
    },
    outgrow,
  };
}

async function note({ file }: Choice, { value }: Chosen, directory: string): Promise<void> {
  await writeFile(join(directory, file), JSON.stringify(value), { mode: 0o600 });
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
