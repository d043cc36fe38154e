/**
 * The files and directories that were found below the roots, kept up to date entry by entry.
 */
import { sep } from "node:path";
import type { Diagnostic } from "#base/diagnostic.ts";
import { type EnterDirectory, type Listing, listEntry, listRoot, nameOf, type Root } from "./tree.ts";

/** A file that was found; what it was when it was last taken in. */
export interface KnownFile {
  readonly path: string;
  readonly name: string;
  readonly root: Root;
  state: string;
}

/** The files that are there, and those that were there before and may not be read any more. */
export interface Found {
  readonly present: readonly KnownFile[];
  readonly gone: readonly KnownFile[];
}

/** What was found. */
export interface TreeIndex {
  find(path: string): KnownFile | undefined;
  forget(path: string): void;
  /** Lists a root again. */
  listRoot(root: Root): Promise<Found>;
  /** Lists one entry of a directory below a root again, and everything below it. */
  listEntry(root: Root, path: string): Promise<Found>;
  directories(): ReadonlyMap<string, Root>;
  diagnostics(): readonly Diagnostic[];
}

/** An index of nothing. A file that two roots share belongs to the first. */
export function createTreeIndex(enter: EnterDirectory): TreeIndex {
  const files = new Map<string, KnownFile>();
  const directories = new Map<string, Root>();
  const remarks = new Map<Root, readonly Diagnostic[]>();

  function take(root: Root, listing: Listing, before: readonly KnownFile[]): Found {
    for (const path of listing.directories) if (!directories.has(path)) directories.set(path, root);
    const present: KnownFile[] = [];
    for (const [path, name] of listing.files) {
      const file = files.get(path) ?? { path, name, root, state: "" };
      files.set(path, file);
      present.push(file);
    }
    return { present, gone: before.filter(({ path }) => !listing.files.has(path)) };
  }

  function ofRoot(root: Root): readonly KnownFile[] {
    return [...files.values()].filter((file) => file.root === root);
  }

  /** Only a directory has anything below it, so an edited file costs nothing here. */
  function atOrBelow(path: string): readonly KnownFile[] {
    const self = files.get(path);
    const below = directories.has(path) ? [...files.values()].filter((file) => file.path.startsWith(path + sep)) : [];
    return self === undefined ? below : [self, ...below];
  }

  function dropDirectories(isGone: (path: string, root: Root) => boolean): void {
    for (const [path, root] of directories) if (isGone(path, root)) directories.delete(path);
  }

  return {
    find: (path) => files.get(path),
    forget: (path) => files.delete(path),
    async listRoot(root) {
      const listing = root.path === "-" ? standardInput(root) : await listRoot(root, enter);
      remarks.set(root, listing.diagnostics);
      dropDirectories((_path, owner) => owner === root);
      return take(root, listing, ofRoot(root));
    },
    async listEntry(root, path) {
      const listing = await listEntry(root, path, enter);
      const name = nameOf(root, path);
      const others = (remarks.get(root) ?? []).filter(
        ({ at }) => at.ref.name !== name && !at.ref.name.startsWith(`${name}/`),
      );
      remarks.set(root, [...others, ...listing.diagnostics]);
      const before = atOrBelow(path);
      if (directories.has(path)) dropDirectories((other) => other === path || other.startsWith(path + sep));
      return take(root, listing, before);
    },
    directories: () => directories,
    diagnostics: () => [...remarks.values()].flat(),
  };
}

function standardInput(root: Root): Listing {
  return { files: new Map([[root.path, root.name]]), directories: new Set(), diagnostics: [] };
}
