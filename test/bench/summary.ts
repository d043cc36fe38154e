/**
 * Writes the summary that is kept in the repository: the figures of the last run of everything, and the machine that
 * they were measured on. `node test/bench/summary.ts > test/bench/results/README.md`.
 */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { readFigures } from "./figures.ts";

const [processor] = cpus();
const memory = Math.round(totalmem() / 2 ** 30);

console.log(`# Figures of one run

\`make bench\` measures; this is what one run of it gave, for orientation.
${cpus().length} processors (${processor?.model.trim()}), ${memory} GiB, Linux ${release()}, Node ${process.version}; load at the end ${load()}.
The machine was not idle: compare figures of one run with each other, and trust medians more than tails.
"Envoy's own share" is the time that a do-nothing control plane needs for the same change.

| | unit | min | median | p99 | max | Envoy's own share: min / median / p99 / max |
| --- | --- | --- | --- | --- | --- | --- |`);
for (const { bench, unit, min, median, p99, max, envoyShare: share } of readFigures()) {
  const own = share ? [share.min, share.median, share.p99, share.max].join(" / ") : "";
  console.log(`| ${[bench, unit, min, median, p99, max, own].join(" | ")} |`);
}

function load(): string {
  return readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" ");
}
