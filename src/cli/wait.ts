/** `dragoman wait`: until what an object says now is served, or refused. */
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { formatRef, type ResourceRef, refKey } from "#base/origin.ts";
import { renderDiagnostic } from "#base/render-diagnostic.ts";
import type { ControlView } from "../control/view.ts";
import { CannotRun, exitStatus } from "./cannot-run.ts";
import { askInstance, withInstance } from "./instance.ts";
import { write, writeError } from "./output.ts";

/** How waiting ended. */
export interface WaitResult {
  readonly state: "served" | "refused" | "late";
  /** The object's name in full, once it is known. */
  readonly object: string;
  /** Rendered diagnostics. */
  readonly problems: readonly string[];
}

interface Flags {
  readonly timeout: string;
  readonly instance?: string;
}

/** The command. */
export function waitCommand(): Command {
  const command = new Command()
    .argument("<object...>", "kind and name: Mapping default/shop, or mapping/shop")
    .description("Waits until the running instance serves what an object says now, or has refused it.")
    .option("--timeout <duration>", "how long to wait, such as 10s or 2m", "30s")
    .addHelpText(
      "after",
      `
Examples:
  dragoman wait Mapping default/shop
  dragoman wait host/shop --timeout 5s && curl https://shop.localhost:8443/

Exit status: 0 served, 1 refused (the reasons are printed), 2 not served in time, or could not run.`,
    );
  return withInstance(command).action(wait);
}

async function wait(words: readonly string[], { timeout, instance }: Flags): Promise<void> {
  const object = words.join(" ");
  const input = { object, timeoutMs: milliseconds(timeout) };
  const result = (await askInstance(instance, "/wait", input)) as WaitResult;
  if (result.state === "late") throw new CannotRun(`${result.object} was not served within ${timeout}.`);
  for (const problem of result.problems) writeError(`${problem}\n\n`);
  write(`${result.object} is ${result.state}\n`);
  process.exitCode = result.state === "served" ? exitStatus.fine : exitStatus.found;
}

function milliseconds(text: string): number {
  const [, number, unit = "s"] = /^(\d{1,6})(ms|s|m)?$/.exec(text) ?? [];
  if (number === undefined) throw new CannotRun(`--timeout: "${text}" is not a duration such as 10s.`);
  return Number(number) * { ms: 1, s: 1000, m: 60_000 }[unit as "ms" | "s" | "m"];
}

const pollMs = 100;

/** Waits in the instance itself; what its admin interface calls. */
export async function waitFor(view: ControlView, text: string, timeoutMs: number): Promise<WaitResult> {
  const wanted = parseObject(text);
  const stop = AbortSignal.timeout(timeoutMs);
  const late = new Promise<void>((resolve) => stop.addEventListener("abort", () => resolve(), { once: true }));
  while (!stop.aborted) {
    await Promise.race([view.rescan().then(view.served), late]);
    const ref = find(view, wanted, text);
    if (ref && !stop.aborted) return judge(view, ref);
    await pause(pollMs);
  }
  return { state: "late", object: text, problems: [] };
}

function judge({ compiler, diagnostics, locate }: ControlView, ref: ResourceRef): WaitResult {
  const own = diagnostics().filter(({ at }) => refKey(at.ref) === refKey(ref));
  const isRefused = own.some(({ code }) => code === "envoy/refused") || compiler.admitted(ref) === undefined;
  const problems = own.map((diagnostic) => renderDiagnostic(diagnostic, { locate }));
  return { state: isRefused ? "refused" : "served", object: formatRef(ref), problems };
}

interface WantedObject {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

function parseObject(text: string): WantedObject {
  const [, kind, namespace, name] = /^([a-z]+)[\s/]+(?:([^\s/]+)\/)?([^\s/]+)$/i.exec(text.trim()) ?? [];
  if (kind !== undefined && name !== undefined) return { kind: kind.toLowerCase(), namespace, name };
  throw new CannotRun(`"${text}" is not an object: write it as "Mapping default/shop".`);
}

function find({ compiler }: ControlView, wanted: WantedObject, text: string): ResourceRef | undefined {
  const found: ResourceRef[] = [];
  for (const [, [object]] of compiler.declared.objects.identities.entries()) {
    if (object && isWanted(object.ref, wanted)) found.push(object.ref);
  }
  if (found.length > 1) throw new CannotRun(`"${text}" may be ${found.map(formatRef).join(" or ")}: say which.`);
  return found[0];
}

function isWanted({ kind, name, namespace }: ResourceRef, wanted: WantedObject): boolean {
  if (name !== wanted.name || (wanted.namespace ?? namespace) !== namespace) return false;
  return [wanted.kind, wanted.kind.replace(/s$/, "")].includes(kind.toLowerCase());
}
