/**
 * The keys of the chart's values.yaml, as a file that its templates can read: by it they tell which values of a user
 * have no effect.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";

const chart = join(import.meta.dirname, "..", "..", "charts", "dragoman");
const note = "# Generated from values.yaml by `make gen`; not edited by hand.\n";

/** Values that are passed on whole, so that Kubernetes says which keys there are. */
const passedOn: ReadonlySet<string> = new Set(["deploymentStrategy", "livenessProbe", "readinessProbe", "resources"]);

/** The file: the keys of each section, and `*` for what has any. */
export function knownValues(): string {
  const values = load(readFileSync(join(chart, "values.yaml"), "utf8")) as Readonly<Record<string, unknown>>;
  const known = Object.entries(values).map(([name, value]) => [name, passedOn.has(name) ? "*" : keysOf(value)]);
  return note + dump(Object.fromEntries(known), { sortKeys: true, flowLevel: 1, lineWidth: 120 });
}

function keysOf(value: unknown): readonly string[] | "*" {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "*";
  const keys = Object.keys(value);
  return keys.length === 0 ? "*" : keys.toSorted();
}
