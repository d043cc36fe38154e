/**
 * Writes what is kept of a run in the repository: its figures with the machine that they were measured on, as JSON and
 * as a page, and the curves. `make bench` does it at its end; `node test/bench/summary.ts` does it with whatever has
 * been measured last.
 */
import { writeFileSync } from "node:fs";
import { drawCurves } from "./draw.ts";
import { type Figure, readFigures, times } from "./figures.ts";
import { describeMachine } from "./machine.ts";

const machine = await describeMachine();
const figures = readFigures();
// As the formatter wants it: no list in it fits on a line.
write("latest.json", `${JSON.stringify({ machine, figures }, undefined, 2)}\n`);
write("curves.svg", drawCurves(figures));
write("README.md", page());

function write(name: string, text: string): void {
  writeFileSync(new URL(`results/${name}`, import.meta.url), text);
}

function page(): string {
  const { date, commit, processors, processor, memoryGiB, kernel, node, envoy, load } = machine;
  return `# Figures of one run

\`make bench\` measures; this is what one run of it gave, for orientation.
${date}, ${commit}: ${processors} processors (${processor}), ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, Envoy ${envoy}; load at the end ${load}.
Compare figures of one run with each other, and trust medians more than tails.
"Envoy's own share" is the time that a do-nothing control plane needs for the same change, with tables laid out in the way that is cheapest for it, and the ratio is that of the medians.

![From an edited route to its being served, by the number of Mappings](curves.svg)

| | unit | min | median | p99 | max | Envoy's own share: min / median / p99 / max | ratio |
| --- | --- | --- | --- | --- | --- | --- | --- |
${figures.map(row).join("\n")}
`;
}

function row(figure: Figure): string {
  const { bench, unit, min, median, p99, max, envoyShare: share } = figure;
  const beside = share ? [[share.min, share.median, share.p99, share.max].join(" / "), times(figure, share)] : ["", ""];
  return `| ${[bench, unit, min, median, p99, max, ...beside].join(" | ")} |`;
}
