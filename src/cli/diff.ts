/** `dragoman diff`: what changes between two sets of manifests, for Envoy and for requests. */
import { Command } from "commander";
import { printable } from "#base/printable.ts";
import { type Encoded, listRoutes, type RouteRow } from "#compiler";
import { exitStatus } from "./cannot-run.ts";
import { type CompiledManifests, compileManifests } from "./manifests.ts";
import { formatOption, withSettings } from "./options.ts";
import { hasColors, write } from "./output.ts";
import { formatPlace, type Placed, place } from "./place.ts";
import type { SettingsFlags } from "./settings.ts";

type Sign = "+" | "-" | "~";

interface Difference {
  readonly sign: Sign;
  readonly text: string;
}

interface Flags extends SettingsFlags {
  readonly format: "text" | "json";
}

/** The command. */
export function diffCommand(): Command {
  const command = new Command()
    .argument("<old>", "file or directory")
    .argument("<new>", "file or directory; - is standard input")
    .description("Says which requests change and which xDS resources are added (+), removed (-) or changed (~).")
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      `
Examples:
  dragoman diff old/ new/
  git show HEAD:routes.yaml | dragoman diff - routes.yaml

Exit status: 0 nothing changes, 1 something does, 2 could not run.`,
    );
  return withSettings(command).action(diff);
}

async function diff(older: string, newer: string, flags: Flags): Promise<void> {
  const before = await compileManifests([older], flags);
  const after = await compileManifests([newer], flags);
  const requests = compare(rowsByRequest(before), rowsByRequest(after), describeRow);
  const resources = compare(byName(before.resources), byName(after.resources), () => "");
  if (flags.format === "json") write(`${JSON.stringify({ requests, resources }, null, 2)}\n`);
  else write(section("requests", requests) + section("resources", resources));
  process.exitCode = requests.length + resources.length > 0 ? exitStatus.found : exitStatus.fine;
}

interface Compared {
  readonly sameness: string;
}

function compare<T extends Compared>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  describe: (was: T | undefined, is: T | undefined) => string,
): readonly Difference[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key): Difference[] => {
    const was = before.get(key);
    const is = after.get(key);
    if (was?.sameness === is?.sameness) return [];
    const sign = was === undefined ? "+" : is === undefined ? "-" : "~";
    return [{ sign, text: `${key}${describe(was, is)}` }];
  });
}

type RowEntry = Compared & { readonly row: Placed<RouteRow> };

/** One entry for each host, path and set of conditions. Canaries of one match are told apart by their objects. */
function rowsByRequest({ compiler, locate }: CompiledManifests): ReadonlyMap<string, RowEntry> {
  const entries = listRoutes(compiler.declared).flatMap((row) => {
    const placed = place(row, locate);
    const { at, conditions, destination, path, percent } = placed;
    const canary = percent === 100 ? [] : [`(${at.object})`];
    const request = [path, ...conditions, ...canary].join(" ");
    const sameness = `${percent} ${destination}`;
    return row.hosts.map((host) => [`${host}  ${request}`, { sameness, row: placed }] as const);
  });
  // The first route of equal ones is the one that takes the requests.
  return new Map(entries.reverse());
}

function describeRow(was: RowEntry | undefined, is: RowEntry | undefined): string {
  const destination = ({ row }: RowEntry): string =>
    row.percent === 100 ? row.destination : `${row.percent} % to ${row.destination}`;
  const change = [was, is].flatMap((entry) => (entry ? [destination(entry)] : []));
  const object = (is ?? was)?.row.at;
  return `  →  ${change.join("  →  ")}${object ? `  [${formatPlace(object)}]` : ""}`;
}

function byName(resources: readonly Encoded[]): ReadonlyMap<string, Compared> {
  return new Map(resources.map(({ type, name, version }) => [`${type} ${name}`, { sameness: version }]));
}

const colorOf: Readonly<Record<Sign, number>> = { "+": 32, "-": 31, "~": 33 };

function section(title: string, differences: readonly Difference[]): string {
  if (differences.length === 0) return `${title}: no change\n`;
  const colors = hasColors(process.stdout);
  const lines = differences.map(({ sign, text }) => {
    const line = `${sign} ${printable(text)}`;
    return colors ? `\u001b[${colorOf[sign]}m${line}\u001b[0m` : line;
  });
  return `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
