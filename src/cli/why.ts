/** `dragoman why`: which route takes a request, which do not and why, with files and lines. */
import { Command } from "commander";
import { isIp } from "#base/ip.ts";
import type { Locate } from "#base/render-diagnostic.ts";
import { type ClientRequest, type Compiler, type Explanation, explain, parseRequest } from "#compiler";
import { CannotRun, exitStatus } from "./cannot-run.ts";
import { askInstance, withInstance } from "./instance.ts";
import { compileManifests } from "./manifests.ts";
import { collect, formatOption, withSettings } from "./options.ts";
import { hasColors, write } from "./output.ts";
import { type Placed, place } from "./place.ts";
import type { SettingsFlags } from "./settings.ts";
import { renderWhy } from "./why-text.ts";

interface Flags extends SettingsFlags {
  readonly header?: readonly string[];
  readonly from?: string;
  readonly http3?: true;
  readonly format: "text" | "json";
  readonly all?: true;
  readonly instance?: string;
}

/** What the running instance is asked. */
export interface WhyQuestion {
  readonly request: string;
  readonly headers: readonly string[];
  /** The client's address. */
  readonly from?: string;
  readonly http3?: boolean;
}

/** The command. */
export function whyCommand(): Command {
  const command = new Command()
    .argument("<request>", "such as 'GET https://shop.example.com/cart?x=1'")
    .argument("[path...]", "files and directories; without any, the running instance is asked")
    .description("Says which route takes a request and why the others do not. It never asks Envoy.")
    .option("-H, --header <name:value>", "a header of the request; repeatable", collect)
    .option("--from <address>", "the client's address, for what depends on it")
    .option("--http3", "the request comes over QUIC")
    .option("--all", "list every route of the host, also those whose path does not match")
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      `
Examples:
  dragoman why 'GET https://echo.localhost/echo/' examples/quickstart
  dragoman why 'POST http://shop.example.com:8080/cart' -H 'x-canary: 1' manifests/
  dragoman why 'GET https://shop.example.com/'

The port in the URL is the listener's; without one, the usual port of the scheme.

Exit status: 0 some route takes the request, 1 none does, 2 could not run.`,
    );
  return withInstance(withSettings(command)).action(why);
}

async function why(request: string, paths: readonly string[], flags: Flags): Promise<void> {
  const { header: headers = [], http3 = false, from } = flags;
  const question: WhyQuestion = { request, headers, http3, ...(from === undefined ? {} : { from }) };
  // A request that cannot be read is one for no instance either.
  parsed(question);
  const answer = paths.length > 0 ? await fromPaths(question, paths, flags) : await fromInstance(question, flags);
  if (flags.format === "json") write(`${JSON.stringify(answer, null, 2)}\n`);
  else write(renderWhy(request, answer, { colors: hasColors(process.stdout), all: flags.all ?? false }));
  const isTaken = answer.outcomes.some(({ at, policy }) => at !== undefined && policy === undefined);
  process.exitCode = isTaken ? exitStatus.fine : exitStatus.found;
}

async function fromPaths(question: WhyQuestion, paths: readonly string[], flags: Flags) {
  const { compiler, locate } = await compileManifests(paths, flags);
  return answerWhy(compiler, locate, question);
}

async function fromInstance(question: WhyQuestion, { instance }: Flags): Promise<Placed<Explanation>> {
  return (await askInstance(instance, "/why", question)) as Placed<Explanation>;
}

/** Answers the question; what the admin interface of a running instance calls, too. */
export function answerWhy(compiler: Compiler, locate: Locate, question: WhyQuestion): Placed<Explanation> {
  return place(explain(compiler.declared, parsed(question)), locate);
}

function parsed({ request, headers, from, http3 }: WhyQuestion): ClientRequest {
  const result = parseRequest(request, headers);
  if (typeof result === "string") throw new CannotRun(result);
  if (from !== undefined && !isIp(from)) throw new CannotRun(`--from "${from}" is not an IP address.`);
  return { ...result, ...(http3 ? { http3 } : {}), ...(from === undefined ? {} : { from }) };
}
