/**
 * How the memory of a container is divided between the processes of a run: each is told its share before it starts, so
 * that it defends itself before the kernel ends it.
 */
import { totalmem } from "node:os";
import { CannotRun } from "./cannot-run.ts";

const mebibyte = 1024 * 1024;
/** What the keeper needs, and what is neither heap nor Envoy's. */
const keeperBytes = 64 * mebibyte;
/** With less, neither process does anything. */
const leastBytes = 192 * mebibyte;

const units: Readonly<Record<string, number>> = { "": 1, Ki: 1024, Mi: mebibyte, Gi: 1024 * mebibyte };

/** The memory that a run may use: what the environment says, else the container's limit; undefined without any. */
export function memoryLimit(
  { DRAGOMAN_MEMORY: text }: NodeJS.ProcessEnv,
  container: number = process.constrainedMemory(),
): number | undefined {
  if (text === "none") return undefined;
  if (text === undefined || text === "") return container > 0 && container < totalmem() ? container : undefined;
  const [, number, unit = ""] = /^(\d{1,12})(Ki|Mi|Gi)?$/.exec(text) ?? [];
  const bytes = Number(number) * (units[unit] ?? 1);
  if (number === undefined)
    throw new CannotRun(`DRAGOMAN_MEMORY: "${text}" is neither an amount such as 600Mi nor none.`);
  if (bytes < leastBytes) throw new CannotRun(`DRAGOMAN_MEMORY: ${text} is less than 192Mi, with which nothing runs.`);
  return bytes;
}

/** Node's flags for a control process, which has half of the memory for its heap; what the user says of it counts. */
export function heapFlags(limit: number | undefined, given: readonly string[]): readonly string[] {
  const isGiven = given.some((flag) => /max[-_]old[-_]space[-_]size/.test(flag));
  // Whether the heap is full, only a collection tells.
  const collects = "--expose-gc";
  return limit === undefined || isGiven
    ? [collects]
    : [collects, `--max-old-space-size=${Math.floor(limit / 2 / mebibyte)}`];
}

/** What Envoy's overload manager keeps it below: the rest beside a control process, or nearly all by itself. */
export function envoyHeap(limit: number | undefined, isAlone: boolean): { readonly maxHeapBytes?: number } {
  if (limit === undefined) return {};
  return { maxHeapBytes: Math.floor((isAlone ? limit : limit / 2) - keeperBytes) };
}
