/**
 * The objects of golden cases as their authors wrote them, placeholders replaced.
 */
import type { RawObject, Settings } from "#compiler";
import { readCase } from "../envoy/case-directory.ts";
import { inputsOf } from "../envoy/manifests.ts";
import { openMaterial } from "../envoy/material.ts";
import { expandPlaceholders, fixedPorts, upstreamsIn } from "../envoy/placeholders.ts";

/** An object and how its case is run. */
export interface GoldenObject {
  readonly object: RawObject;
  readonly settings: Partial<Settings>;
}

/** All of a case's input and edits. */
export function objectsOfCase(name: string): readonly GoldenObject[] {
  const golden = readCase(name);
  const files = [golden.input, ...golden.edits.flatMap(({ apply, remove }) => [...apply, ...remove])];
  const portOf = fixedPorts(
    upstreamsIn([...files, ...(golden.lastGood ? [golden.lastGood] : [])].map(({ text }) => text)),
  );
  const material = openMaterial();
  const states = inputsOf(golden, (text) => expandPlaceholders(text, material, portOf));
  const objects = new Set(states.flatMap((state) => state.objects.map(({ object }) => object)));
  return [...objects].map((object) => ({ object, settings: golden.settings }));
}
