/** `dragoman routes`: all routes in a table. */
import { Command } from "commander";
import { printable } from "#base/printable.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { type Compiler, listRoutes, type RouteRow } from "#compiler";
import { askInstance, withInstance } from "./instance.ts";
import { compileManifests } from "./manifests.ts";
import { formatOption, withSettings } from "./options.ts";
import { write } from "./output.ts";
import { formatField, type Placed, place } from "./place.ts";
import type { SettingsFlags } from "./settings.ts";
import { renderTable } from "./table.ts";

interface Flags extends SettingsFlags {
  readonly format: "text" | "json";
  readonly instance?: string;
}

/** The command. */
export function routesCommand(): Command {
  const command = new Command()
    .argument("[path...]", "files and directories; without any, the running instance is asked")
    .description("Lists the routes of every host in the order in which they are tried.")
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      `
Examples:
  dragoman routes examples/quickstart
  dragoman routes --format json | jq -r '.[].object' | sort -u

In paths, /x* is a prefix, = /x the whole path, ~ a regular expression.
JSON is one array of {at: {object, field, file, line}, hosts, path, conditions, percent, destination}.

Exit status: 0 fine, 2 could not run.`,
    );
  return withInstance(withSettings(command)).action(routes);
}

async function routes(paths: readonly string[], flags: Flags): Promise<void> {
  const rows = paths.length > 0 ? await fromPaths(paths, flags) : await fromInstance(flags);
  if (flags.format === "json") write(`${JSON.stringify(rows, null, 2)}\n`);
  else write(renderTable(["HOST", "PATH", "IF", "DESTINATION", "OBJECT", "FILE"], rows.map(cells)));
}

async function fromPaths(paths: readonly string[], flags: Flags): Promise<readonly Placed<RouteRow>[]> {
  const { compiler, locate } = await compileManifests(paths, flags);
  return routeRows(compiler, locate);
}

async function fromInstance({ instance }: Flags): Promise<readonly Placed<RouteRow>[]> {
  return (await askInstance(instance, "/routes", {})) as readonly Placed<RouteRow>[];
}

/** The rows with places; what the admin interface of a running instance calls, too. */
export function routeRows(compiler: Compiler, locate: Locate): readonly Placed<RouteRow>[] {
  return listRoutes(compiler.declared).map((row) => place(row, locate));
}

const mostHosts = 3;

function cells({ at, conditions, destination, hosts, path, percent }: Placed<RouteRow>): readonly string[] {
  const more = hosts.length > mostHosts ? ` (+${hosts.length - mostHosts})` : "";
  const share = percent === 100 ? [] : [`${percent} %`];
  return [
    hosts.slice(0, mostHosts).join(",") + more,
    path,
    [...share, ...conditions].join(" ") || "-",
    destination,
    formatField(at),
    at.file === undefined ? "-" : `${at.file}:${at.line}`,
  ].map((text) => printable(text, 200));
}
