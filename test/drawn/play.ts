/**
 * Plays one drawn configuration: compiles it, has a real Envoy serve it, asks Envoy and `why` the same questions, and
 * says where they differ, which declared routes no request reaches, and how many of the questions were of which kind.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { type HostGlob, overlaps, parseGlob } from "#base/hostname.ts";
import { formatRef } from "#base/origin.ts";
import {
  type Compilation,
  type Encoded,
  type Explanation,
  encodedBytes,
  explain,
  type Outcome,
  typeUrls,
} from "#compiler";
import { checkPgv } from "../../src/compiler/envoy/pgv.ts";
import { envoyRegistry } from "../../src/compiler/envoy/registry.ts";
import { clientRequest, describeOutcome, describeSeen, outcomesSeen } from "./agreement.ts";
import { compileOn } from "./compiled.ts";
import { type Configuration, type DeclaredRoute, textOf } from "./configuration.ts";
import { isBy, type Plan, planFor, type Terrain } from "./plan.ts";
import { anything, type Choose, choices, type Door, overDoor, type Question } from "./questions.ts";
import type { Observation, Stage } from "./stage.ts";
import type { MatchWish } from "./wanted.ts";

/** What came of a configuration. */
export interface Played {
  /** Sentences about what must not be. */
  readonly problems: readonly string[];
  readonly counts: Readonly<Record<Count, number>>;
}

/**
 * What is counted: requests in all, those one change away from a match, and those that Envoy answered as a route
 * says; routes in all, those that Envoy served, those that `why` says others come before, and those that a diagnostic
 * speaks of; configurations, and those in which hosts and paths of different objects overlap.
 */
export type Count =
  | "requests"
  | "changed"
  | "hits"
  | "routes"
  | "served"
  | "covered"
  | "told"
  | "configurations"
  | "overlapping";

/** Plays it. */
export async function play(configuration: Configuration, stage: Stage): Promise<Played> {
  const compilation = await compileOn(stage, textOf(configuration));
  await stage.serve(compilation.resources);
  const terrain = terrainOf(compilation, configuration);
  const plans = configuration.routes.map((route) => planFor(route, terrain));
  const questions = [...plans.flatMap((plan) => plan.questions), ...freeQuestions(configuration, terrain)];
  const answers = await ask(questions, compilation, stage);
  const served = new Set(
    plans.map(({ route }) => route).filter((route) => answers.some((one) => isServed(one, route))),
  );
  for (const plan of plans.filter(({ route, share }) => !served.has(route) && share > 0 && share < 100)) {
    if (await isServedInTime(plan, compilation, stage)) served.add(plan.route);
  }
  const missed = plans.filter(({ route }) => !served.has(route));
  const covered = missed.filter(({ because }) => because !== undefined);
  const told = missed.filter((plan) => !covered.includes(plan) && isTold(plan.route, compilation));
  const vanished = missed.filter((plan) => !covered.includes(plan) && !told.includes(plan));
  return {
    problems: [
      ...compilation.resources.flatMap(brokenRules),
      ...answers.flatMap(({ problem }) => problem ?? []),
      ...vanished.map(
        ({ route, questions }) =>
          `${nameOf(route)} is neither reached nor spoken of\n${sample(questions, compilation, stage)}`,
      ),
    ],
    counts: {
      requests: questions.length,
      changed: questions.filter(({ kind }) => kind === "changed").length,
      hits: answers.filter(({ outcomes }) => outcomes.some(isByRoute)).length,
      routes: plans.length,
      served: served.size,
      covered: covered.length,
      told: told.length,
      configurations: 1,
      overlapping: isOverlapping(configuration.routes) ? 1 : 0,
    },
  };
}

/** Envoy's own rules, also for what is inside of Any. */
function brokenRules(resource: Encoded): readonly string[] {
  const name = typeUrls[resource.type].replace(/.*\//, "");
  const schema = envoyRegistry.getMessage(name);
  if (!schema) throw new Error(`${name} is not in the registry`);
  const found = checkPgv(schema, fromBinary(schema, encodedBytes(resource)), envoyRegistry);
  return found.map(({ path, message }) => `${resource.type} ${resource.name}: ${path} ${message}`);
}

function terrainOf(compilation: Compilation, { manifests, salt }: Configuration): Terrain {
  const listeners = [...compilation.compiler.declared.listeners.listeners.entries()].map(([, listener]) => listener);
  // Ports that terminate TLS may take cleartext, too, and TCPMappings may want TLS on any.
  const doors = listeners
    .filter(({ quic }) => !quic)
    .flatMap(({ port, tls, proxyProtocol: proxy }): readonly Door[] =>
      [tls, !tls].map((secure) => ({ port, tls: secure, proxy })),
    );
  const hosts = manifests
    .filter(({ kind }) => kind === "Host")
    .map(({ spec }) => spec as { readonly hostname: string });
  return { compilation, doors, hostnames: hosts.map(({ hostname }) => hostname), choose: choices(salt) };
}

function freeQuestions(configuration: Configuration, { doors, choose }: Terrain): readonly Question[] {
  if (doors.length === 0) return [];
  return Array.from({ length: Math.ceil(configuration.routes.length / 4) }, () => {
    const spec = overDoor(anything(configuration, choose), choose(doors), { proto: anyProto(choose) });
    return { spec, kind: "free" as const };
  });
}

function anyProto(choose: Choose): string | undefined {
  return choose([undefined, "http", "https"]);
}

/** By which of the outcomes that `why` names an answer may have come about, and what is wrong if by none. */
interface Answer {
  readonly outcomes: readonly Outcome[];
  readonly problem?: string;
}

async function ask(
  questions: readonly Question[],
  { compiler }: Compilation,
  stage: Stage,
): Promise<readonly Answer[]> {
  const seen = await stage.ask(questions.map(({ spec }) => spec));
  return questions.map((question, i) => {
    const observation = seen[i] as Observation;
    const said = explain(compiler.declared, clientRequest(question.spec));
    const outcomes = outcomesSeen(said, observation, stage.upstreams);
    if (outcomes.length > 0) return { outcomes };
    const lines = [titleOf(question), `  Envoy: ${describeSeen(observation)}`, ...linesOf(said, stage)];
    return { outcomes, problem: lines.join("\n") };
  });
}

function linesOf({ outcomes }: Explanation, { upstreams }: Stage): readonly string[] {
  return outcomes.map((one) => `  why:   ${describeOutcome(one, upstreams)}`);
}

/** A request that a route should take, and what becomes of it. */
function sample([question]: readonly Question[], { compiler }: Compilation, stage: Stage): string {
  if (!question) return "";
  return [titleOf(question), ...linesOf(explain(compiler.declared, clientRequest(question.spec)), stage)].join("\n");
}

function titleOf({ spec, kind, route, change }: Question): string {
  const about = route ? ` (${kind}${change ? `: ${change}` : ""}, for ${nameOf(route)})` : "";
  return `${JSON.stringify(spec)}${about}`;
}

function nameOf({ kind, name, path }: DeclaredRoute): string {
  return `${kind} ${name}${path}`;
}

function isByRoute({ at, policy }: Outcome): boolean {
  return at !== undefined && policy === undefined;
}

function isServed({ outcomes }: Answer, route: DeclaredRoute): boolean {
  return outcomes.some((outcome) => isBy(outcome, route));
}

/** Asks until a route that gets a share of its requests gets one; how often, leaves no room for bad luck. */
async function isServedInTime(
  { route, questions, share }: Plan,
  compilation: Compilation,
  stage: Stage,
): Promise<boolean> {
  const [first] = questions;
  if (!first) return false;
  const round = Array.from({ length: 50 }, () => first);
  for (let left = Math.log(1e-12) / Math.log(1 - share / 100); left > 0; left -= round.length) {
    const answers = await ask(round, compilation, stage);
    if (answers.some((answer) => isServed(answer, route))) return true;
  }
  return false;
}

function isTold(route: DeclaredRoute, { diagnostics }: Compilation): boolean {
  const name = `${route.kind} default/${route.name}`;
  return diagnostics.some(({ at, severity }) => severity !== "notice" && formatRef(at.ref) === name);
}

/** Whether two objects want requests of the same names below the same path. */
function isOverlapping(routes: readonly DeclaredRoute[]): boolean {
  return routes.some((one, i) => routes.slice(0, i).some((other) => one.name !== other.name && meet(one, other)));
}

function meet({ wish: one }: DeclaredRoute, { wish: other }: DeclaredRoute): boolean {
  const [a, b] = [globOf(one), globOf(other)];
  const [p, q] = [beginOf(one), beginOf(other)];
  return a !== undefined && b !== undefined && overlaps(a, b) && (p.startsWith(q) || q.startsWith(p));
}

function globOf({ host }: MatchWish): HostGlob | undefined {
  return parseGlob(host.form === "regex" ? "*" : host.text);
}

function beginOf({ path }: MatchWish): string {
  return path.form === "regex" ? "/" : path.text;
}
