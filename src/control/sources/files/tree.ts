/**
 * Which files a path stands for. Directories are read recursively, in order of name: `.yaml`, `.yml` and `.json`
 * files, nothing hidden. Symbolic links may not lead out of the directory that was given, and links to directories are
 * followed only in the layout of a mounted ConfigMap (`shop.yaml → ..data/shop.yaml`, `..data → ..2026_01_31…`).
 */
import type { Dirent } from "node:fs";
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { fileRef } from "../manifests/manifest.ts";
import { describeFailure, isMissing } from "./failure.ts";

/** A path that was given: where it really is, and how people call it. */
export interface Root {
  readonly path: string;
  readonly name: string;
}

/** What was found: files to read, directories to watch, and what was left out. */
export interface Listing {
  /** Absolute path → the name that people see. */
  readonly files: Map<string, string>;
  readonly directories: Set<string>;
  readonly diagnostics: Diagnostic[];
}

/** How people call a path at or below a root. */
export function nameOf(root: Root, path: string): string {
  return path === root.path ? root.name : join(root.name, relative(root.path, path));
}

/** Whether a file of this name in a directory is read. */
export function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name) && !name.startsWith(".");
}

/** Told of every directory before its entries are read, so that no change can fall between reading and watching. */
export type EnterDirectory = (path: string) => void;

/** Everything below a root; a root that is a file is read whatever its name is. */
export async function listRoot(root: Root, enter: EnterDirectory): Promise<Listing> {
  const listing: Listing = { files: new Map(), directories: new Set(), diagnostics: [] };
  try {
    const real = await realpath(root.path);
    const walk = { listing, real: async () => real, enter };
    if ((await stat(real)).isDirectory()) await listDirectory(walk, root.path, root.name, 0);
    else listing.files.set(root.path, root.name);
  } catch (error) {
    if (isMissing(error)) report(listing, "files/not-found", root.name, "there is no such file or directory");
    else report(listing, "files/unreadable", root.name, describeFailure(error));
  }
  return listing;
}

/** One entry of a directory below a root, and everything below it. */
export async function listEntry(root: Root, path: string, enter: EnterDirectory): Promise<Listing> {
  const listing: Listing = { files: new Map(), directories: new Set(), diagnostics: [] };
  const name = nameOf(root, path);
  try {
    if (path !== root.path && !(await isWithin(root.path, dirname(path)))) return listing;
    const walk = { listing, real: () => realpath(root.path), enter };
    await listOne(walk, await lstat(path), path, name, 0);
  } catch (error) {
    if (!isMissing(error)) report(listing, "files/unreadable", name, describeFailure(error));
  }
  return listing;
}

/** The kernel tells of a directory's entries under the name that it had, and a link may have taken its place since. */
async function isWithin(root: string, directory: string): Promise<boolean> {
  const [outer, inner] = await Promise.all([realpath(root), realpath(directory)]);
  return inner === outer || isBelow(outer, inner);
}

function isBelow(outer: string, inner: string): boolean {
  return inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

interface Walk {
  readonly listing: Listing;
  /** The real path of the root, which only links are compared with. */
  readonly real: () => Promise<string>;
  readonly enter: EnterDirectory;
}

type EntryType = Pick<Dirent, "isDirectory" | "isSymbolicLink">;

const maxTreeDepth = 32;

async function listDirectory(walk: Walk, path: string, name: string, depth: number): Promise<void> {
  const { listing } = walk;
  if (depth > maxTreeDepth) {
    report(listing, "files/unreadable", name, `directories are nested more than ${maxTreeDepth} deep`);
    return;
  }
  listing.directories.add(path);
  walk.enter(path);
  try {
    const entries = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      await listOne(walk, entry, join(path, entry.name), join(name, entry.name), depth);
    }
  } catch (error) {
    if (!isMissing(error)) report(listing, "files/unreadable", name, describeFailure(error));
  }
}

async function listOne(walk: Walk, entry: EntryType, path: string, name: string, depth: number): Promise<void> {
  const base = path.slice(path.lastIndexOf(sep) + 1);
  if (base.startsWith(".")) return;
  if (entry.isSymbolicLink()) await listLink(walk, path, name, depth);
  else if (entry.isDirectory()) await listDirectory(walk, path, name, depth + 1);
  else if (isManifestName(base)) walk.listing.files.set(path, name);
}

async function listLink(walk: Walk, path: string, name: string, depth: number): Promise<void> {
  try {
    const isMounted = (await readlink(path)).startsWith(`..data${sep}`);
    const real = await realpath(path);
    const isDirectory = (await stat(real)).isDirectory();
    if (!isDirectory && !isManifestName(path.slice(path.lastIndexOf(sep) + 1))) return;
    const root = await walk.real();
    if (!isBelow(root, real)) {
      report(
        walk.listing,
        "files/outside",
        name,
        "this symbolic link leads out of the directory that is read; it is not followed",
      );
    } else if (!isDirectory) {
      walk.listing.files.set(path, name);
    } else if (isMounted) {
      await listDirectory(walk, path, name, depth + 1);
    } else if (real.slice(root.length).includes(`${sep}.`)) {
      report(walk.listing, "files/outside", name, "this symbolic link leads to a hidden directory; it is not followed");
    }
  } catch (error) {
    if (!isMissing(error)) report(walk.listing, "files/unreadable", name, describeFailure(error));
    else if (isManifestName(path.slice(path.lastIndexOf(sep) + 1))) walk.listing.files.set(path, name);
  }
}

function report(
  listing: Listing,
  code: "files/not-found" | "files/outside" | "files/unreadable",
  name: string,
  message: string,
): void {
  listing.diagnostics.push(diagnose(code, { ref: fileRef(name), path: "" }, message));
}
