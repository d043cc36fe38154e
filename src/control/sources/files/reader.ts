/**
 * Reads the files of some roots and keeps what they said: the part of the files source that does not know time.
 * Whoever watches says what may have changed; this finds out what did.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { createLocator } from "../manifests/locate.ts";
import type { ManifestOptions } from "../manifests/manifest.ts";
import { createBudget, type FileLimits } from "./budget.ts";
import { createFileSet, type FileEdit } from "./file-set.ts";
import { createStaging, stateOf } from "./staging.ts";
import { createTextCache } from "./text-cache.ts";
import type { EnterDirectory, Root } from "./tree.ts";
import { createTreeIndex, type Found } from "./tree-index.ts";

/** What changed. The first batch holds everything. */
export interface FileBatch {
  readonly edits: readonly FileEdit[];
  /** All problems of files and manifests as they are now, and whether that is news. */
  readonly diagnostics: readonly Diagnostic[];
  readonly diagnosticsChanged: boolean;
  /** How many objects of each unknown kind there are, by `Kind.group`. */
  readonly ignored: Readonly<Record<string, number>>;
}

/** How a reader is set up. */
export interface ReaderSetup {
  readonly roots: readonly Root[];
  readonly manifest: Omit<ManifestOptions, "maxObjects">;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly limits: FileLimits;
  readonly enter?: EnterDirectory;
  /** What the one who watches has to say. */
  readonly remarks?: () => readonly Diagnostic[];
}

/** A file that was read again, but not yet taken in. */
export interface StagedFile {
  readonly path: string;
  readonly root: Root;
  /** Changes when the file does. */
  readonly state: string;
  /** Looks like a moment within an edit. */
  readonly doubtful: boolean;
}

/** Looks at files and stages what it finds; then takes in what was staged. */
export interface FilesReader {
  readonly roots: readonly Root[];
  readonly locate: Locate;
  /** Looks at everything below a root; without `force`, files that are as they were are not read. */
  scan(root: Root, force: boolean): Promise<void>;
  /** Looks at one entry of a directory below a root, and everything below it. */
  look(root: Root, path: string): Promise<void>;
  staged(): readonly StagedFile[];
  /** Takes everything staged in, and gives what changed. */
  commit(): FileBatch;
  directories(): ReadonlyMap<string, Root>;
}

/** A reader that has read nothing yet. */
export function createReader(setup: ReaderSetup): FilesReader {
  const { limits, manifest, stdin, remarks = () => [] } = setup;
  const files = createFileSet();
  const tree = createTreeIndex(setup.enter ?? (() => undefined));
  const budget = createBudget(limits);
  const staging = createStaging({ budget, fileBytes: limits.fileBytes, stdin, manifest });
  const texts = createTextCache();
  const locator = createLocator({ placeOf: files.placeOf, annotated: files.annotated, textOf: texts.get });
  let delivered: readonly Diagnostic[] = [];

  function stage({ present, gone }: Found, force: boolean): Promise<void> {
    for (const file of gone) staging.miss(file);
    return staging.read(present, force);
  }

  function takeIn(): readonly FileEdit[] {
    const edits: FileEdit[] = [];
    for (const { file, content, outcome } of staging.take()) {
      edits.push(...files.put(file.name, outcome));
      texts.put(file.name, file.path, content);
      file.state = stateOf(content);
      if (outcome.kind !== "missing") continue;
      tree.forget(file.path);
      budget.reserveBytes(file.path, 0);
      budget.takeObjects(file.path, 0);
    }
    locator.forget();
    return edits;
  }

  return {
    roots: setup.roots,
    locate: locator.locate,
    directories: tree.directories,
    scan: async (root, force) => stage(await tree.listRoot(root), force),
    async look(root, path) {
      const file = tree.find(path);
      if (file && (await staging.readAtOnce(file))) return;
      await stage(await tree.listEntry(root, path), true);
    },
    staged: () =>
      staging.list().map(({ file, content, outcome }) => {
        const doubtful = files.isDoubtful(file.name, outcome);
        return { path: file.path, root: file.root, state: stateOf(content), doubtful };
      }),
    commit() {
      const edits = takeIn();
      const diagnostics = [...tree.diagnostics(), ...files.diagnostics(), ...remarks()];
      const diagnosticsChanged = !equal(diagnostics, delivered);
      delivered = diagnostics;
      return { edits, diagnostics, diagnosticsChanged, ignored: files.ignored() };
    },
  };
}
