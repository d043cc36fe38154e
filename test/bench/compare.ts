/**
 * Compares the working tree with another state of the repository: `node compare.ts REF CASE`. The same measurement runs
 * in both, in turn, as each of them has it; then those figures are named that have moved by more than the rounds of
 * either differ among themselves. `ROUNDS=9` looks more closely.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "./figures.ts";

const [ref = "HEAD", which = "compile"] = process.argv.slice(2);
const rounds = Number(process.env["ROUNDS"] ?? 5);
/** Smaller differences are not worth a word, however sure they are. */
const least = 0.03;
const results = "test/bench/results/latest.ndjson";

const here = new URL("../..", import.meta.url).pathname;
const base = mkdtempSync(join(tmpdir(), "dragoman-compare-"));
const there = join(base, "tree");
const git = (...args: readonly string[]) => execFileSync("git", ["-C", here, ...args], { encoding: "utf8" });

try {
  git("worktree", "add", "--detach", there, ref);
  // Dependencies and generated types are those of the working tree.
  for (const shared of ["node_modules", "src/gen"]) symlinkSync(join(here, shared), join(there, shared));
  const before: Figure[] = [];
  const after: Figure[] = [];
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    before.push(...measure(there));
    after.push(...measure(here));
  }
  report(byName(before), byName(after));
} finally {
  git("worktree", "remove", "--force", there);
  rmSync(base, { recursive: true, force: true });
}

function measure(root: string): readonly Figure[] {
  const file = join(root, results);
  rmSync(file, { force: true });
  const script = join(root, `test/bench/${which}.bench.ts`);
  execFileSync(process.execPath, ["--expose-gc", script], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Figure);
}

/** The medians of all rounds, from the smallest to the largest, by figure. */
function byName(figures: readonly Figure[]): ReadonlyMap<string, readonly number[]> {
  const groups = Map.groupBy(figures, ({ bench, unit }) => `${bench} [${unit}]`);
  return new Map([...groups].map(([name, list]) => [name, list.map(({ median }) => median).sort((a, b) => a - b)]));
}

function report(before: ReadonlyMap<string, readonly number[]>, after: ReadonlyMap<string, readonly number[]>): void {
  let moved = 0;
  for (const [name, now] of after) {
    const then = before.get(name);
    if (!then) continue;
    const change = middle(now) / middle(then) - 1;
    const apart = (now[0] ?? 0) > (then.at(-1) ?? 0) || (now.at(-1) ?? 0) < (then[0] ?? 0);
    const beyond = apart && Math.abs(change) >= least;
    if (beyond) moved++;
    console.log(`${beyond ? "MOVED" : "     "} ${percent(change)}  ${shown(then)} → ${shown(now)}  ${name}`);
  }
  console.log(`${moved} of ${after.size} figures have moved beyond noise since ${ref}, in ${rounds} rounds each`);
}

function middle(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function shown(sorted: readonly number[]): string {
  return `${middle(sorted)} (${sorted[0]} to ${sorted.at(-1)})`.padEnd(28);
}

function percent(change: number): string {
  return `${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`.padStart(9);
}
