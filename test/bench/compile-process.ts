/** Compiles a configuration in a process of its own, with the flags that the control process has. */
import { execFileSync } from "node:child_process";
import { controlFlags } from "../../src/cli/control-flags.ts";
import type { Measured } from "./compile-once.ts";
import type { Shape } from "./generate.ts";

/** Compiles it, and makes so many edits. */
export function compileOnce(shape: Shape, edits: number): Measured {
  const script = new URL("compile-once.ts", import.meta.url).pathname;
  const flags = ["--expose-gc", ...controlFlags];
  const output = execFileSync(process.execPath, [...flags, script, JSON.stringify(shape), String(edits)]);
  return JSON.parse(output.toString()) as Measured;
}
