/**
 * Holds the walls of src up: who may import whom (import-rules.ts), purity of the compiler, file names, file sizes and
 * the opening comment. Nowhere do files import each other in a circle.
 * Prints one line per breach and exits 1 when there is any.
 * It reads import statements as text, which is enough for formatted code and spares a parser.
 */
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { join, posix } from "node:path";
import { bannedWords, impureNames, properNames, pureBuiltins, type Room, rooms } from "./import-rules.ts";

const maxLines = 400;
const aliases: readonly (readonly [from: RegExp, to: string])[] = [
  [/^#compiler$/, "compiler/index.ts"],
  [/^#(base|gen)\//, "$1/"],
];

/** One import statement. */
export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** What is wrong with one file of src; `path` is relative to src. */
export function checkSource(path: string, text: string): readonly string[] {
  // What a test is about its name and its cases say.
  const opening = path.endsWith(".test.ts") ? [] : checkOpening(text);
  const breaches = [...checkName(path), ...opening, ...checkText(text), ...checkTypeNames(text)];
  const room = roomOf(path);
  if (!room) return [...breaches, "belongs to no room of tools/import-rules.ts"];
  // A test may build its scene from anything; only the product's own code is walled.
  if (path.endsWith(".test.ts")) return breaches;
  for (const found of importsOf(text)) breaches.push(...checkImport(path, room, found));
  if (room.pure) breaches.push(...checkPurity(text));
  return breaches;
}

/** The import and re-export statements of a formatted file, dynamic imports included. */
export function importsOf(text: string): readonly Import[] {
  const found: Import[] = [];
  const statement =
    /^(?:import|export)\s(?:(type)\s)?(?:[\w*{][^;"]*?\sfrom\s)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm;
  for (const match of text.matchAll(statement)) {
    found.push({ from: match[2] ?? match[3] ?? "", typeOnly: match[1] === "type" });
  }
  return found;
}

/** The files that a file imports, types included; `path` and what is given are relative to the same folder. */
export function filesImportedBy(path: string, text: string): readonly string[] {
  return importsOf(text).flatMap(({ from }) => resolve(path, from) ?? []);
}

/** The circles among files and what they import; each begins and ends with the same file. */
export function circlesIn(imports: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const circles: (readonly string[])[] = [];
  const left = new Set<string>();
  const trail: string[] = [];
  const enter = (path: string): void => {
    const before = trail.indexOf(path);
    if (before >= 0) circles.push([...trail.slice(before), path]);
    if (before >= 0 || left.has(path)) return;
    trail.push(path);
    for (const target of imports.get(path) ?? []) enter(target);
    trail.pop();
    left.add(path);
  };
  for (const path of imports.keys()) enter(path);
  return circles;
}

function checkImport(path: string, room: MatchedRoom, { from, typeOnly }: Import): readonly string[] {
  if (from.startsWith("node:")) {
    return room.pure && !pureBuiltins.includes(from) ? [`imports ${from}, which is not pure`] : [];
  }
  const target = resolve(path, from);
  if (target === undefined) {
    const name = packageOf(from);
    return typeOnly || room.packages?.includes(name) ? [] : [`imports the package ${name}, which ${room.room} may not`];
  }
  if (isAllowed(room, path, target)) return [];
  if (room.types?.some((prefix) => within(target, prefix))) {
    return typeOnly ? [] : [`imports a value from ${target}, of which ${room.room} may have types only`];
  }
  return [`imports ${target}, which ${room.room} may not`];
}

function isAllowed(room: MatchedRoom, path: string, target: string): boolean {
  if (within(target, room.own)) return true;
  if (room.may.some((prefix) => within(target, prefix) && !isSibling(room, target))) return true;
  // A file beside the walled folders is theirs in common; their index knows them all and would close a circle.
  const beside = room.room.endsWith("*/") && posix.dirname(target) === posix.dirname(posix.dirname(path));
  return beside && posix.basename(target) !== "index.ts";
}

function isSibling(room: MatchedRoom, target: string): boolean {
  return room.room.endsWith("*/") && within(target, room.room.slice(0, -2)) && !within(target, room.own);
}

/** A room with the folder its star stands for. */
interface MatchedRoom extends Room {
  readonly own: string;
}

function roomOf(path: string): MatchedRoom | undefined {
  let best: MatchedRoom | undefined;
  for (const room of rooms) {
    const own = ownPrefix(room.room, path);
    if (own !== undefined && own.length >= (best?.own.length ?? 0)) best = { ...room, own };
  }
  return best;
}

function ownPrefix(pattern: string, path: string): string | undefined {
  if (!pattern.endsWith("*/")) return within(path, pattern) ? pattern : undefined;
  const parent = pattern.slice(0, -2);
  const slash = path.indexOf("/", parent.length);
  return within(path, parent) && slash > 0 ? path.slice(0, slash + 1) : undefined;
}

function within(path: string, prefix: string): boolean {
  return prefix.endsWith("/") ? path.startsWith(prefix) : path === prefix;
}

/** The path under src, or undefined for a package. */
function resolve(importer: string, from: string): string | undefined {
  if (from.startsWith(".")) return posix.join(posix.dirname(importer), from);
  const alias = aliases.find(([pattern]) => pattern.test(from));
  return alias ? from.replace(alias[0], alias[1]) : undefined;
}

function packageOf(from: string): string {
  return from
    .split("/")
    .slice(0, from.startsWith("@") ? 2 : 1)
    .join("/");
}

function checkPurity(text: string): readonly string[] {
  const code = withoutCommentsAndStrings(text);
  return impureNames.filter(([pattern]) => pattern.test(code)).map(([, name]) => `uses ${name} in a pure room`);
}

function withoutCommentsAndStrings(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '""');
}

function checkName(path: string): readonly string[] {
  const file = posix.basename(path);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(file)) return ["is not named in kebab-case.ts"];
  const proper = properNames.some((name) => file.startsWith(name));
  const named = path.replace(/(?:\.test)?\.ts$/, "");
  const words = (proper ? posix.dirname(named) : named).split(/[/-]/);
  const banned = words.find((word) => bannedWords.includes(word));
  if (banned) return [`has "${banned}" in its name, which says nothing`];
  return file === "context.ts" ? ['is named "context", which says nothing'] : [];
}

function checkTypeNames(text: string): readonly string[] {
  const declared = text.matchAll(/^(?:export )?(?:abstract )?(?:class|interface|type) (\w+)/gm);
  return [...declared].flatMap(([, name = ""]) => {
    const last = name.match(/[A-Z][a-z]+$/)?.[0].toLowerCase() ?? "";
    return bannedWords.includes(last) ? [`declares ${name}: "${last}" says nothing`] : [];
  });
}

function checkText(text: string): readonly string[] {
  const breaches: string[] = [];
  const lines = text.split("\n").length - 1;
  if (lines > maxLines) breaches.push(`has ${lines} lines, more than ${maxLines}`);
  return breaches;
}

function checkOpening(text: string): readonly string[] {
  return /^(?:#!.*\n)?\/\*\*\s*\S/.test(text) ? [] : ["does not open with a doc comment saying what it is"];
}

async function textsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const root = join(import.meta.dirname, "..", folder);
  const texts = new Map<string, string>();
  for await (const path of glob("**/*.ts", { cwd: root, exclude: ["gen"] })) {
    texts.set(path, readFileSync(join(root, path), "utf8"));
  }
  if (texts.size === 0) throw new Error(`found no source files in ${folder}: the check would pass for nothing`);
  return texts;
}

function say(breach: string): void {
  process.exitCode = 1;
  console.error(breach);
}

if (import.meta.main) {
  for (const folder of ["src", "test", "tools"]) {
    const texts = await textsIn(folder);
    const imports = new Map(Array.from(texts, ([path, text]) => [path, filesImportedBy(path, text)]));
    for (const circle of circlesIn(imports)) say(`${folder}: ${circle.join(" → ")} import each other in a circle`);
    if (folder !== "src") continue;
    for (const [path, text] of texts) for (const breach of checkSource(path, text)) say(`src/${path} ${breach}`);
  }
}
