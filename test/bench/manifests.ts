/** Objects as files. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RawObject } from "#compiler";

const objectsPerFile = 500;

/** The file of an object that has one of its own. */
export function fileOf({ ref }: RawObject): string {
  return `${ref.kind}-${ref.name}.yaml`.toLowerCase();
}

/** JSON, which is YAML. */
export function textOf({ ref, version, labels, body }: RawObject): string {
  const apiVersion = ref.group === "" ? version : `${ref.group}/${version}`;
  return JSON.stringify({
    apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, labels },
    ...body,
  });
}

/** Writes objects that are not edited, together in few files. */
export async function writeStill(directory: string, objects: readonly RawObject[]): Promise<void> {
  for (let i = 0; i < objects.length; i += objectsPerFile) {
    const texts = objects.slice(i, i + objectsPerFile).map(textOf);
    await writeFile(join(directory, `still-${i}.yaml`), texts.join("\n---\n"));
  }
}
