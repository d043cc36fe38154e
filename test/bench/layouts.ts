/**
 * The four layouts of routes that edits are measured in, at any size, and the cheapest way to lay out the tables of
 * each, which is what Envoy's own share is measured with whatever ours uses.
 */
import type { RawObject, Settings } from "#compiler";
import { generate, hostname, type Keyed, mapping, mappingKey, type Shape } from "./generate.ts";

/** A layout of so many routes, and a few of them that can be edited so that an answer tells which edit is served. */
export interface Layout {
  readonly shape: Shape;
  readonly objects: readonly Keyed[];
  /** How many Mappings can be edited: the first ones. */
  readonly probes: number;
  readonly cheapest: NonNullable<Settings["routeTables"]>;
}

/** The layouts by name. */
export const layoutNames = ["an exact host each", "one exact host", "one * host", "45 + 5 on each host"] as const;

/** The name of a layout. */
export type LayoutName = (typeof layoutNames)[number];

const maxProbes = 100;
const perHost = 50;
const ownPerHost = 45;

function shapeOf(name: LayoutName, mappings: number): Pick<Shape, "hosts" | "star" | "boundPerHost"> {
  switch (name) {
    case "an exact host each":
      return { hosts: mappings };
    case "one exact host":
      return { hosts: 1 };
    case "one * host":
      return { hosts: 1, star: true };
    case "45 + 5 on each host":
      return { hosts: Math.ceil(mappings / perHost), boundPerHost: ownPerHost };
  }
}

const cheapest: Readonly<Record<LayoutName, Layout["cheapest"]>> = {
  "an exact host each": "scoped",
  "one exact host": "pathed",
  "one * host": "pathed",
  "45 + 5 on each host": "scoped",
};

/** Makes a layout. */
export function layout(name: LayoutName, mappings: number): Layout {
  // Routes are what is measured; clusters are few.
  const services = Math.min(100, mappings);
  const shape: Shape = { mappings, bound: true, services, cleartext: true, ...shapeOf(name, mappings) };
  const probes = Math.min(maxProbes, mappings);
  const edited = new Map(Array.from({ length: probes }, (_, i) => [mappingKey(i), probe(shape, i, 0)]));
  const objects = generate(shape).map(([key, object]) => [key, edited.get(key) ?? object] as const);
  return { shape, objects, probes, cheapest: cheapest[name] };
}

/** Mapping `i` as a redirect that says which edit it is of. */
export function probe(shape: Shape, i: number, edit: number): RawObject {
  const raw = mapping(shape, i);
  const { prefix, host } = (raw.body as { spec: { prefix: string; host?: string } }).spec;
  const named = host === undefined ? {} : { host };
  return { ...raw, body: { spec: { prefix, ...named, host_redirect: true, service: `edit-${edit}.example.com` } } };
}

/** What to ask to see Mapping `i`, and what the answer to an edit of it holds. */
export function question(shape: Shape, i: number, edit: number): readonly [host: string, path: string, answer: string] {
  return [hostname(i % shape.hosts), `/service-${i}/`, `location: http://edit-${edit}.example.com/`];
}
