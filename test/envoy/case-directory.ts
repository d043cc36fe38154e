/**
 * Reads the directory of one golden case. The directory is the test, so a file that nothing reads is a mistake.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { type ResourceType, type Settings, typeUrls } from "#compiler";

/** One case as its author wrote it. */
export interface GoldenCase {
  /** `feature/case`. */
  readonly name: string;
  readonly directory: string;
  /** Which resources envoy.yaml holds: a type, or a type and a name with `*` for any part. */
  readonly show: readonly string[];
  readonly settings: Partial<Settings>;
  /** Objects that must do nothing at all, `Mapping default/theirs`, in the order of the input. */
  readonly idle: readonly string[];
  readonly input: ManifestFile;
  /** Files that manifests name, by path below `files`. */
  readonly files: ReadonlyMap<string, string>;
  /** Manifests that were the last good ones of objects that are bad now. */
  readonly lastGood?: ManifestFile;
  /** What Consul answers. */
  readonly consul?: ManifestFile;
  readonly edits: readonly GoldenEdit[];
}

/** One file of manifests, placeholders not yet replaced. */
export interface ManifestFile {
  readonly file: string;
  readonly text: string;
}

/** One step of edits/: everything that is applied at once. */
export interface GoldenEdit {
  /** `01`. */
  readonly step: string;
  readonly apply: readonly ManifestFile[];
  readonly remove: readonly ManifestFile[];
  /** Files that are new or take the place of others. */
  readonly files: ReadonlyMap<string, string>;
  /** What Consul answers from then on. */
  readonly consul?: ManifestFile;
}

const root = join(import.meta.dirname, "..", "golden");
const defaultShow = ["routes", "cluster", "endpoints"];
const pinned = /^(case\.yaml|input\.yaml|last-good\.yaml|consul\.yaml|envoy\.yaml|diagnostics\.txt|requests\.yaml)$/;
const pinnedPerStep = /^(\d\d)\.(touched\.txt|requests\.yaml|diagnostics\.txt)$/;

/** The names of all cases, `feature/case`, of which the filter (a part of the name) selects some. */
export function caseNames(filter = ""): string[] {
  const folders = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  return folders(root)
    .flatMap((feature) => folders(join(root, feature)).map((name) => `${feature}/${name}`))
    .filter((name) => name.includes(filter));
}

/** Reads a case; throws a sentence that names the file that should not be there, or is missing. */
export function readCase(name: string, within: string = root): GoldenCase {
  const directory = join(within, name);
  const lastGood = existsSync(join(directory, "last-good.yaml")) ? read(directory, "last-good.yaml") : undefined;
  const consul = existsSync(join(directory, "consul.yaml")) ? read(directory, "consul.yaml") : undefined;
  const edits = readEdits(directory);
  for (const entry of readdirSync(directory)) {
    if (!pinned.test(entry) && entry !== "edits" && entry !== "files")
      throw new Error(`${name}/${entry}: nothing reads this file`);
  }
  return {
    name,
    directory,
    ...readOptions(directory, name),
    input: read(directory, "input.yaml"),
    files: readFiles(join(directory, "files")),
    ...(lastGood ? { lastGood } : {}),
    ...(consul ? { consul } : {}),
    edits,
  };
}

function read(directory: string, file: string): ManifestFile {
  return { file, text: readFileSync(join(directory, file), "utf8") };
}

function readFiles(directory: string): ReadonlyMap<string, string> {
  if (!existsSync(directory)) return new Map();
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [relative(directory, path), readFileSync(path, "utf8")]));
}

function readOptions(directory: string, name: string): Pick<GoldenCase, "show" | "settings" | "idle"> {
  if (!existsSync(join(directory, "case.yaml"))) return { show: defaultShow, settings: {}, idle: [] };
  const options = parse(read(directory, "case.yaml").text) as Partial<GoldenCase> & { readonly about?: string };
  const unknown = Object.keys(options).find((key) => !["about", "show", "settings", "idle"].includes(key));
  if (unknown !== undefined) throw new Error(`${name}/case.yaml: unknown key "${unknown}"`);
  const types = Object.keys(typeUrls) as ResourceType[];
  const strange = options.show?.find((item) => !types.some((type) => item === type || item.startsWith(`${type} `)));
  if (strange !== undefined)
    throw new Error(`${name}/case.yaml: "${strange}" shows no resource; types are ${types.join(", ")}`);
  return { show: options.show ?? defaultShow, settings: options.settings ?? {}, idle: options.idle ?? [] };
}

function readEdits(directory: string): GoldenEdit[] {
  const folder = join(directory, "edits");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).sort();
  const manifests = names.filter((name) => /^\d\d-[\w.-]+\.yaml$/.test(name));
  const folders = names.filter((name) => /^\d\d-[\w.-]+\.files$/.test(name));
  const steps = [...new Set([...manifests, ...folders].map((name) => name.slice(0, 2)))].sort();
  for (const name of names) {
    const step = pinnedPerStep.exec(name)?.[1];
    if (!manifests.includes(name) && !folders.includes(name) && !(step && steps.includes(step)))
      throw new Error(`${folder}/${name}: nothing reads this file`);
  }
  const filesOf = (step: string, kind: string): ManifestFile[] =>
    manifests
      .filter((name) => name.startsWith(`${step}-`) && (/\.(delete|consul)\.yaml$/.exec(name)?.[1] ?? "") === kind)
      .map((name) => read(directory, `edits/${name}`));
  const named = (step: string): ReadonlyMap<string, string> =>
    new Map(
      folders.filter((name) => name.startsWith(`${step}-`)).flatMap((name) => [...readFiles(join(folder, name))]),
    );
  return steps.map((step) => {
    const [consul] = filesOf(step, "consul");
    return {
      step,
      apply: filesOf(step, ""),
      remove: filesOf(step, "delete"),
      files: named(step),
      ...(consul ? { consul } : {}),
    };
  });
}
