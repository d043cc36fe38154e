/** Manifests with a golden case's placeholders, compiled for a stage. */
import { type Compilation, compile, defaultSettings, type Settings } from "#compiler";
import { inputsOf } from "../envoy/manifests.ts";
import type { Stage } from "./stage.ts";

/** How route tables are laid out: `SHAPE=pathed` has all shapes in it. */
const shape = process.env["SHAPE"];
const routeTables = shape === "scoped" || shape === "pathed" ? shape : "table";

/** Compiles a file; what reading it said is among the diagnostics. */
export async function compileOn(stage: Stage, manifests: string): Promise<Compilation> {
  const text = await stage.expand(manifests);
  const [inputs] = inputsOf({ input: { file: "input.yaml", text }, edits: [], files: new Map() }, (same) => same);
  if (!inputs) throw new Error("nothing was read");
  const objects = inputs.objects.map(({ key, object }) => [key, object] as const);
  const settings: Settings = {
    ...defaultSettings,
    bindAddress: "127.0.0.1",
    knative: true as const,
    ports: stage.ports,
    routeTables,
  };
  const compilation = compile(objects, { settings, readFile: inputs.readFile });
  return { ...compilation, diagnostics: [...inputs.diagnostics, ...compilation.diagnostics] };
}
