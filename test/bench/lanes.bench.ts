/**
 * What each kind of edit costs among 10,000 Mappings on 200 Hosts, as far as it is ours: the time until its bytes are
 * there, how many resources they are, and how many bytes; for tables as a whole and with a resource for each name. And
 * how long the event loop is held by the widest of them, which is compiled in slices. `ROUNDS=3` measures less.
 */
import { type Compiler, type CompilerEdit, defaultSettings, encodedBytes, openCompiler } from "#compiler";
import { editKinds, objects, shape } from "../processes/edit-kinds.ts";
import { printHead, recordSamples } from "./figures.ts";

const rounds = Number(process.env["ROUNDS"] ?? 5);

printHead();
for (const routeTables of ["table", "scoped"] as const) {
  const compiler = openCompiler({ ...defaultSettings, routeTables });
  compiler.apply([...objects].map(([key, value]) => ({ kind: "object", key, value })));
  compiler.commit();
  const times = new Map<string, number[]>();
  const slices: number[] = [];
  const sizes = new Map<string, { readonly resources: number; readonly kibibytes: number }>();
  for (let round = 0; round < rounds; round++) {
    for (const { what, edits } of editKinds) {
      const { time, sent } = timed(compiler, edits);
      times.set(what, [...(times.get(what) ?? []), time]);
      sizes.set(what, sizes.get(what) ?? sent);
    }
    // Back to where it was, so that the next round is the same, and in slices, as control does it.
    compiler.apply(editKinds.flatMap(({ edits }) => edits.map(undo)));
    slices.push(...inSlices(compiler));
  }
  recordSamples(`slices of 5 ms, all of that undone, ${routeTables}`, shape.mappings, "ms", slices);
  for (const [what, samples] of times) {
    const { resources, kibibytes } = sizes.get(what) ?? { resources: 0, kibibytes: 0 };
    const name = `${what}, ${routeTables}`;
    recordSamples(`to bytes: ${name}`, shape.mappings, "ms", samples);
    recordSamples(`resources: ${name}`, shape.mappings, "", [resources]);
    recordSamples(`size: ${name}`, shape.mappings, "KiB", [kibibytes]);
  }
}

function timed(compiler: Compiler, edits: readonly CompilerEdit[]) {
  const start = performance.now();
  compiler.apply(edits);
  const changes = compiler.commit().resources;
  const time = performance.now() - start;
  const bytes = changes.reduce((sum, { resource }) => sum + (resource ? encodedBytes(resource).length : 0), 0);
  return { time, sent: { resources: changes.length, kibibytes: bytes / 1024 } };
}

function undo(edit: CompilerEdit): CompilerEdit {
  if (edit.kind !== "object") throw new Error(`an edit of ${edit.kind}`);
  return { ...edit, value: objects.get(edit.key) };
}

/** How long each slice has taken. */
function inSlices(compiler: Compiler): readonly number[] {
  const lengths: number[] = [];
  for (let done = false; !done; ) {
    const start = performance.now();
    ({ done } = compiler.commit(() => performance.now() < start + 5));
    lengths.push(performance.now() - start);
  }
  return lengths;
}
