/**
 * Directories of tests that read files: they end with the test; and manifests to put there.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

/** A directory that ends with the test. */
export interface TemporaryDirectory {
  readonly path: string;
  join(...names: readonly string[]): string;
  /** Writes a file, with the directories above it. */
  write(name: string, text: string | Uint8Array): void;
}

/** Makes one. */
export function temporaryDirectory(t: TestContext): TemporaryDirectory {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "dragoman-files-")));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    join: (...names) => join(path, ...names),
    write(name, text) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    },
  };
}

/** A Mapping of four lines. */
export function mappingText(name: string, service = "s"): string {
  return `apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: ${name}}\nspec: {prefix: /${name}/, service: ${service}}\n`;
}
