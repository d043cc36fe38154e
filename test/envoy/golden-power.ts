/**
 * `make golden-power`: removes or changes each field of each case's input in turn and fails for a field that no case
 * notices: neither in its pinned resources and diagnostics nor, for what these do not show, in its requests.
 * Fields that cannot be noticed are in test/golden/unnoticed.yaml, each with its reason.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { caseNames, type GoldenCase, readCase } from "./case-directory.ts";
import { compileState, type State } from "./compile-case.ts";
import { startEnvoy } from "./envoy.ts";
import { type Bench, fixedInputs, liveExpand, openBench, runInputs } from "./golden.ts";
import { type Inputs, inputsOf } from "./manifests.ts";
import { type Material, openMaterial } from "./material.ts";
import { mutationsOf } from "./mutation.ts";
import { touched } from "./pinned.ts";
import { renderResources } from "./resources-yaml.ts";

/** A mutation that only requests can notice. */
interface Suspect {
  readonly name: string;
  readonly object: number;
  readonly mutation: number;
}

/** Field to the mutations of it that nothing pinned noticed; a noticed field has none. */
type Findings = Map<string, Suspect[] | "noticed">;

const findings: Findings = new Map();
for (const name of caseNames(process.env.CASE)) examine(readCase(name), findings);
await examineByRequests(findings);
process.exitCode = report(findings);

function examine(golden: GoldenCase, into: Findings): void {
  const material = openMaterial();
  const [inputs] = fixedInputs(golden, material);
  if (!inputs) return;
  const before = compileState(inputs, golden.settings);
  const pinnedBefore = pinned(golden, before, material);
  for (const [object, one] of inputs.objects.entries()) {
    for (const [mutation, { field, object: mutated }] of [...mutationsOf(one.object)].entries()) {
      const known = into.get(field) ?? [];
      if (known === "noticed") continue;
      const after = compileState(replaced(inputs, object, mutated), golden.settings);
      const suspect =
        touched(before.resources, after.resources) === "nothing\n" ? [] : [{ name: golden.name, object, mutation }];
      into.set(field, pinned(golden, after, material) === pinnedBefore ? [...known, ...suspect] : "noticed");
    }
  }
}

function pinned(golden: GoldenCase, state: State, material: Material): string {
  return renderResources(state.resources, golden.show, material) + state.diagnostics;
}

function replaced(inputs: Inputs, index: number, object: Inputs["objects"][number]["object"]): Inputs {
  return { ...inputs, objects: inputs.objects.map((one, i) => (i === index ? { ...one, object } : one)) };
}

async function examineByRequests(into: Findings): Promise<void> {
  const open = [...into].filter((entry): entry is [string, Suspect[]] => entry[1] !== "noticed" && entry[1].length > 0);
  if (open.length === 0) return;
  const envoy = await startEnvoy();
  const bench = openBench(envoy);
  try {
    for (const [field, suspects] of open) {
      for (const suspect of suspects) {
        if (!(await failsRequests(suspect, bench))) continue;
        into.set(field, "noticed");
        break;
      }
    }
  } finally {
    await envoy.close();
    await bench.upstreams.close();
  }
}

async function failsRequests({ name, object, mutation }: Suspect, shared: Bench): Promise<boolean> {
  const golden = { ...readCase(name), edits: [] };
  const bench = { ...shared, material: shared.material.fork() };
  const [inputs] = inputsOf(golden, await liveExpand(golden, bench), golden.settings.namespace);
  const one = inputs?.objects[object];
  const mutated = one && [...mutationsOf(one.object)][mutation];
  if (!inputs || !mutated) return false;
  try {
    return (await runInputs(golden, [replaced(inputs, object, mutated.object)], bench)).length > 0;
  } catch {
    // Envoy's refusal, or a listener that is gone, is noticed too.
    return true;
  }
}

interface Exemption {
  readonly field: string;
  readonly reason: string;
}

function report(found: Findings): number {
  const file = join(import.meta.dirname, "..", "golden", "unnoticed.yaml");
  const exemptions = (parse(readFileSync(file, "utf8")) ?? []) as Exemption[];
  const unnoticed = [...found]
    .filter(([, state]) => state !== "noticed")
    .map(([field]) => field)
    .sort();
  const bad = unnoticed.filter((field) => !exemptions.some((exemption) => covers(exemption, field)));
  const stale = process.env.CASE
    ? []
    : exemptions.filter((exemption) => !unnoticed.some((field) => covers(exemption, field)));
  for (const field of bad) console.log(`no case notices ${field}`);
  for (const { field } of stale) console.log(`test/golden/unnoticed.yaml: ${field} is noticed, or in no case`);
  console.log(`${found.size} fields, ${bad.length} unnoticed, ${unnoticed.length - bad.length} exempt`);
  return bad.length + stale.length > 0 ? 1 : 0;
}

/** `*` in an exemption stands for any text. */
function covers(exemption: Exemption, field: string): boolean {
  const literals = exemption.field.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`).test(field);
}
