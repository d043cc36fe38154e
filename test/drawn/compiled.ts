/** Manifests with a golden case's placeholders, compiled for a stage. */
import { type Compilation, compile, defaultSettings } from "#compiler";
import { inputsOf } from "../envoy/manifests.ts";
import type { Stage } from "./stage.ts";

/** Compiles a file; what reading it said is among the diagnostics. */
export async function compileOn(stage: Stage, manifests: string): Promise<Compilation> {
  const text = await stage.expand(manifests);
  const [inputs] = inputsOf({ input: { file: "input.yaml", text }, edits: [], files: new Map() }, (same) => same);
  if (!inputs) throw new Error("nothing was read");
  const objects = inputs.objects.map(({ key, object }) => [key, object] as const);
  const settings = { ...defaultSettings, bindAddress: "127.0.0.1", knative: true as const, ports: stage.ports };
  const compilation = compile(objects, { settings, readFile: inputs.readFile });
  return { ...compilation, diagnostics: [...inputs.diagnostics, ...compilation.diagnostics] };
}
