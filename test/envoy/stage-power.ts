/**
 * `make stage-power`: takes away, one after the other, what each exported `lower…`, `link…` and `emit…` of the compiler
 * gives, its result and its diagnostics each for itself, and fails for a function whose loss no golden case notices.
 * Those that cannot be noticed are in test/golden/unnoticed-stages.yaml, each with its reason.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { State } from "./compile-case.ts";
import { type Aspect, aspects, instrumented, type StageProbe, stagesOf } from "./stage-probe.ts";

const root = join(import.meta.dirname, "../..");
const compilerDirectory = join(root, "src", "compiler");

const files = readdirSync(compilerDirectory, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => join(compilerDirectory, file));
const stages = files.flatMap((file) => stagesOf(file).map((name) => ({ file, name })));
const probe: StageProbe = instrumented(stages);
// Only now, so that the compiler is loaded with its stages wrapped.
const { caseNames, readCase } = await import("./case-directory.ts");
const { compileState } = await import("./compile-case.ts");
const { fixedInputs } = await import("./golden.ts");
const { openMaterial } = await import("./material.ts");
const { pinnedFiles } = await import("./pinned.ts");

const cases = caseNames(process.env.CASE).map((name) => {
  const golden = readCase(name);
  const material = openMaterial();
  return { golden, material, inputs: fixedInputs(golden, material) };
});
const before = cases.map((one) => probe.during(() => pinnedText(one)));
process.exitCode = report(stages.flatMap(({ name }) => examine(name)));

function pinnedText({ golden, material, inputs }: (typeof cases)[number]): string {
  const states: State[] = inputs.map((one) => compileState(one, golden.settings));
  return JSON.stringify([...pinnedFiles(golden, states, material)]);
}

/** What of a function no case would miss; a function that gives nothing in any case is missed by none. */
function examine(name: string): readonly string[] {
  const given = aspects.filter((aspect) => before.some(({ gave }) => gave.has(`${name} ${aspect}`)));
  if (given.length === 0) return [`${name} at all`];
  return given.filter((aspect) => !isMissed(name, aspect)).map((aspect) => `${name} ${aspect}`);
}

function isMissed(name: string, aspect: Aspect): boolean {
  return cases.some((one, index) => {
    const known = before[index];
    if (!known?.gave.has(`${name} ${aspect}`)) return false;
    return probe.without(name, aspect, () => attempt(() => pinnedText(one))) !== known.value;
  });
}

/** A compiler that cannot go on without the function has noticed its loss. */
function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

function report(unnoticed: readonly string[]): number {
  const text = readFileSync(join(root, "test", "golden", "unnoticed-stages.yaml"), "utf8");
  const exempt = (parse(text) ?? {}) as Readonly<Record<string, string>>;
  const bad = unnoticed.filter((entry) => !(entry in exempt));
  const stale = process.env.CASE ? [] : Object.keys(exempt).filter((entry) => !unnoticed.includes(entry));
  for (const entry of bad) console.log(`no case notices without: ${entry}`);
  for (const entry of stale) console.log(`test/golden/unnoticed-stages.yaml: ${entry} is noticed, or gone`);
  console.log(`${stages.length} stages, ${bad.length} unnoticed, ${unnoticed.length - bad.length} exempt`);
  return bad.length + stale.length > 0 ? 1 : 0;
}
