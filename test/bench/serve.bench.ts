/**
 * From a changed file to a changed answer: one Mapping of 1,000 on 100 Hosts is edited, and the time is taken until
 * Envoy serves it, in turn with Envoy's own share: nothing can be faster.
 */
import { measureEdits } from "./edited.ts";
import { printHead, recordSamples } from "./figures.ts";
import { generate, mappingKey, type Shape } from "./generate.ts";
import { probe } from "./layouts.ts";

const shape: Shape = { mappings: 1000, hosts: 100, bound: true, services: 200, cleartext: true };
const edits = Number(process.env["EDITS"] ?? 300);
const probes = shape.hosts;

const edited = new Map(Array.from({ length: probes }, (_, i) => [mappingKey(i), probe(shape, i, 0)]));
const objects = generate(shape).map(([key, object]) => [key, edited.get(key) ?? object] as const);
const { served, share } = await measureEdits({ shape, objects, probes, cheapest: "table" }, { edits, unmeasured: 20 });
printHead("Envoy's own share");
recordSamples("one edit → served, 1000 Mappings on 100 Hosts", shape.mappings, "ms", served, share);
