/** Every known surprise of the old system is shown by the cases that behaviours.yaml names, or says why it is not. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";

interface Behaviour {
  readonly seen: string;
  readonly in?: Readonly<Record<string, readonly string[]>>;
  /** Files from the root of the repository, with the names of tests. */
  readonly tests?: Readonly<Record<string, readonly string[]>>;
  readonly later?: string;
}

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
const behaviours = parse(read("behaviours.yaml")) as Readonly<Record<string, Behaviour>>;
const numbers = (count: number, before = ""): string[] => Array.from({ length: count }, (_, i) => `${before}${i + 1}`);

test("every behaviour and every decision is there once", () => {
  assert.deepEqual(Object.keys(behaviours).sort(), [...numbers(50), ...numbers(22, "B")].sort());
  for (const [id, { seen, in: cases = {}, tests = {}, later }] of Object.entries(behaviours)) {
    assert.match(seen, /^[A-Za-z].*\.$/, id);
    const shown = [...Object.values(cases), ...Object.values(tests)].some((names) => names.length > 0);
    assert.ok(later ?? shown, `nothing shows ${id}`);
  }
});

for (const [id, { seen, in: cases = {}, tests = {} }] of Object.entries(behaviours)) {
  test(`${id}: ${seen}`, () => {
    for (const [file, names] of Object.entries(tests)) {
      const text = read(join("..", "..", file));
      for (const name of names) assert.ok(text.includes(`test(${JSON.stringify(name)},`), `${file} has no test "${name}"`);
    }
    for (const [name, shown] of Object.entries(cases)) {
      assert.ok(existsSync(join(import.meta.dirname, name, "input.yaml")), `there is no case ${name}`);
      const known = shownBy(name);
      for (const one of shown) assert.ok(known.has(one), `${name} has no request or diagnostic ${JSON.stringify(one)}`);
    }
  });
}

/** The names and URLs of a case's requests and the codes of its diagnostics. */
function shownBy(name: string): Set<string> {
  const files = (pattern: string): string[] =>
    globSync([pattern, `edits/*.${pattern}`], { cwd: join(import.meta.dirname, name) }).map((file) => join(name, file));
  const requests = files("requests.yaml").flatMap(
    (file) => parse(read(file)) as readonly { readonly name?: string; readonly request: { readonly url: string } }[],
  );
  const codes = files("diagnostics.txt").flatMap((file) =>
    [...read(file).matchAll(/^\w+\[([a-z0-9/-]+)\]/gm)].map((match) => match[1] ?? ""),
  );
  return new Set([...requests.flatMap(({ name: title, request }) => [title ?? "", request.url]), ...codes]);
}
