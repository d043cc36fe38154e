/**
 * The objects of golden cases as their authors wrote them, placeholders replaced, and what the compiler says of each.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import { compile, defaultSettings, type RawObject } from "#compiler";
import { readCase } from "../envoy/case-directory.ts";
import { inputsOf } from "../envoy/manifests.ts";
import { openMaterial } from "../envoy/material.ts";
import { expandPlaceholders, fixedPorts, upstreamsIn } from "../envoy/placeholders.ts";

/** An object and what is wrong with it. */
export interface JudgedObject {
  readonly object: RawObject;
  readonly diagnostics: readonly Diagnostic[];
}

/** All of a case's input and edits; an object that stays as it is through edits is there once. */
export function objectsOfCase(name: string): readonly JudgedObject[] {
  const golden = readCase(name);
  const files = [golden.input, ...golden.edits.flatMap(({ apply, remove }) => [...apply, ...remove])];
  const texts = [...files, ...(golden.lastGood ? [golden.lastGood] : [])].map(({ text }) => text);
  const portOf = fixedPorts(upstreamsIn(texts));
  const material = openMaterial();
  const judged = new Map<RawObject, JudgedObject>();
  for (const { objects } of inputsOf(golden, (text) => expandPlaceholders(text, material, portOf))) {
    const settings = { ...defaultSettings, ...golden.settings };
    const { diagnostics } = compile(
      objects.map(({ key, object }) => [key, object]),
      { settings },
    );
    for (const { object } of objects) {
      const own = diagnostics.filter(({ at }) => refKey(at.ref) === refKey(object.ref));
      if (!judged.has(object)) judged.set(object, { object, diagnostics: own });
    }
  }
  return [...judged.values()];
}
