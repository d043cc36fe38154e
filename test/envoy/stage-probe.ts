/**
 * Wraps stage functions while their modules are loaded, so that what one of them gives can be taken away for a while.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";

/** What is taken away: everything but the diagnostics, or the diagnostics alone. */
export const aspects = ["result", "diagnostics"] as const;
export type Aspect = (typeof aspects)[number];

/** A stage function, by its file and name. */
interface Stage {
  readonly file: string;
  readonly name: string;
}

/** Runs things with all stages watched, or with one of them emptied. */
export interface StageProbe {
  /** Also says what was given in the meantime, as `NAME ASPECT`. */
  during<T>(run: () => T): { readonly value: T; readonly gave: ReadonlySet<string> };
  without<T>(name: string, aspect: Aspect, run: () => T): T;
}

const declaration = /^export function ((?:lower|link|emit)[A-Z]\w*)/gm;

/** The names of the stage functions that a file exports. */
export function stagesOf(file: string): readonly string[] {
  return [...readFileSync(file, "utf8").matchAll(declaration)].map(([, name = ""]) => name);
}

/** Has the modules of these stages loaded with wrappers around them; they must not be loaded yet. */
export function instrumented(stages: readonly Stage[]): StageProbe {
  let gave = new Set<string>();
  let emptied: { readonly name: string; readonly aspect: Aspect } | undefined;

  const passOn = (name: string, value: unknown): unknown => {
    if (typeof value === "function") {
      return (...args: readonly unknown[]) => passOn(name, (value as (...all: readonly unknown[]) => unknown)(...args));
    }
    for (const aspect of aspects) if (!isEmpty(value, aspect)) gave.add(`${name} ${aspect}`);
    return emptied?.name === name ? without(value, emptied.aspect) : value;
  };
  Object.assign(globalThis, { stageProbe: passOn });

  const urls = new Set(stages.map(({ file }) => pathToFileURL(file).href));
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      return urls.has(url) ? { ...loaded, source: wrapped(String(loaded.source)) } : loaded;
    },
  });
  return {
    during(run) {
      gave = new Set();
      return { value: run(), gave };
    },
    without(name, aspect, run) {
      emptied = { name, aspect };
      try {
        return run();
      } finally {
        emptied = undefined;
      }
    },
  };
}

/** The source with each stage renamed, and another in its place that passes on what it gives. */
function wrapped(source: string): string {
  const names = [...source.matchAll(declaration)].map(([, name = ""]) => name);
  const wrappers = names.map(
    (name) => `export function ${name}(...args) { return globalThis.stageProbe("${name}", wrapped_${name}(...args)); }`,
  );
  return [source.replace(declaration, "function wrapped_$1"), ...wrappers].join("\n");
}

type Loose = Readonly<Record<string, unknown>>;

function isEmpty(value: unknown, aspect: Aspect): boolean {
  return JSON.stringify(comparable(value)) === JSON.stringify(comparable(without(value, aspect)));
}

/** Bytes and large numbers as JSON can have them. */
function comparable(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner)]));
}

function without(value: unknown, aspect: Aspect): unknown {
  if (typeof value !== "object" || value === null) return aspect === "result" ? emptyScalar(value) : value;
  const { diagnostics, ...others } = value as Loose;
  if (aspect === "diagnostics") return diagnostics === undefined ? value : { ...others, diagnostics: [] };
  if (Array.isArray(value)) return [];
  if (value instanceof Uint8Array) return new Uint8Array();
  const told = diagnostics === undefined ? {} : { diagnostics };
  return "out" in value ? { out: [], ...told } : told;
}

function emptyScalar(value: unknown): unknown {
  if (typeof value === "string") return "";
  if (typeof value === "number") return 0;
  return typeof value === "boolean" ? !value : undefined;
}
