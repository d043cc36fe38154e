/**
 * What compiling costs: from parsed objects to every encoded resource, and from one edited Mapping to new bytes; each
 * configuration in processes of its own, so that every first compilation is a cold one and memory is nobody else's.
 * `SHAPE=5000` measures only the configurations whose name contains that.
 */
import type { Measured } from "./compile-once.ts";
import { compileOnce } from "./compile-process.ts";
import { type Figure, printHead, recordSamples } from "./figures.ts";
import type { Shape } from "./generate.ts";

/** Five Mappings for each Service, where nothing else is said. */
const services = (mappings: number): number => Math.ceil(mappings / 5);
const bound = (mappings: number, hosts: number, more: Partial<Shape> = {}): Shape => ({
  mappings,
  hosts,
  bound: true,
  services: services(mappings),
  ...more,
});
const unbound = (mappings: number, hosts: number): Shape => ({ ...bound(mappings, hosts), bound: false });

const shapes: readonly Shape[] = [
  ...[bound(100, 1), bound(100, 100), bound(1000, 1), bound(1000, 100)],
  ...[bound(10_000, 1), bound(10_000, 100), bound(10_000, 200), bound(10_000, 10_000)],
  bound(10_000, 200, { services: 10_000 }),
  bound(10_000, 200, { rich: true }),
  // The dimensions that sizes are given in: TLSContexts, Hosts, Mappings per Host (above), Mappings without host.
  ...[bound(1000, 100, { contexts: 10 }), bound(1000, 100, { contexts: 100 }), bound(1000, 1000, { contexts: 1000 })],
  ...[bound(1000, 1000), unbound(100, 100), unbound(1000, 100), unbound(5000, 200)],
];

const mebibyte = 2 ** 20;

const figures: readonly (readonly [
  what: string,
  unit: Figure["unit"],
  samples: (run: Measured) => readonly number[],
])[] = [
  ["cold compile", "ms", (run) => [run.cold]],
  ["cold compile, processor time", "ms", (run) => [run.coldProcessor]],
  ["one edit → bytes", "ms", (run) => run.edits],
  ["one edit → bytes, undisturbed", "ms", (run) => run.undisturbed],
  ["allocated per edit", "KiB", (run) => run.allocated.map((bytes) => bytes / 1024)],
  ["RSS at rest", "MiB", (run) => [run.rssAtRest / mebibyte]],
  ["RSS after compiling", "MiB", (run) => [run.rssPeak / mebibyte]],
];

printHead();
for (const shape of shapes.filter((shape) => nameOf(shape).includes(process.env["SHAPE"] ?? ""))) {
  const runs = Array.from({ length: 3 }, () => compileOnce(shape, shape.bound ? 1000 : 200));
  for (const [what, unit, samples] of figures) {
    recordSamples(`${what}, ${nameOf(shape)}`, shape.mappings, unit, runs.flatMap(samples));
  }
}

function nameOf(shape: Shape): string {
  const { mappings, hosts, contexts, rich = false } = shape;
  const more = [
    ...(contexts === undefined ? [] : [`${contexts} TLSContexts`]),
    ...(shape.services === services(mappings) ? [] : [`${shape.services} Services`]),
    ...(rich ? ["ten features each"] : []),
  ];
  return [`${mappings} Mappings ${shape.bound ? "on" : "without host ×"} ${hosts} Hosts`, ...more].join(", ");
}
