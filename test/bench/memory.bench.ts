/**
 * What the compiler keeps for one Mapping, one Service with its endpoints, and one Host with its certificate: the
 * difference between two configurations, each compiled in a process of its own.
 */
import { compileOnce } from "./compile-process.ts";
import { printHead, recordSamples } from "./figures.ts";
import type { Shape } from "./generate.ts";

const usual: Shape = { mappings: 10_000, hosts: 200, bound: true, services: 2000 };
const more: Readonly<Record<string, Shape>> = {
  Mapping: { ...usual, mappings: 20_000 },
  "Service with its EndpointSlice": { ...usual, services: 7000 },
  "Host with its Secret": { ...usual, hosts: 1200 },
};
printHead();
const { retained: least } = compileOnce(usual, 0);
for (const [what, shape] of Object.entries(more)) {
  const added = count(shape) - count(usual);
  recordSamples(`kept for one ${what}`, usual.mappings, "KiB", [
    (compileOnce(shape, 0).retained - least) / added / 1024,
  ]);
}

function count({ mappings, hosts, services = 0 }: Shape): number {
  return mappings + hosts + services;
}
