/**
 * Which requests a declared route is asked about. Among those that it is meant for, one is looked for that `why` says
 * it takes; where there is none, `why` must say what comes in between, or a diagnostic must.
 */
import { formatRef } from "#base/origin.ts";
import { type Compilation, type Explanation, explain, type Outcome } from "#compiler";
import { clientRequest } from "./agreement.ts";
import type { DeclaredRoute } from "./configuration.ts";
import { type Asked, type Choose, changed, type Door, overDoor, type Question, requestsFor } from "./questions.ts";

/** What is known before anything is asked. */
export interface Terrain {
  readonly compilation: Compilation;
  readonly doors: readonly Door[];
  /** Of Hosts. */
  readonly hostnames: readonly string[];
  readonly choose: Choose;
}

/** What is asked on behalf of a route. */
export interface Plan {
  readonly route: DeclaredRoute;
  readonly questions: readonly Question[];
  /** The percentage of the first question's requests that the route gets. */
  readonly share: number;
  /** Why it takes none of the requests that it is meant for. */
  readonly because?: string;
}

interface Attempt {
  readonly asked: Asked;
  readonly door: Door;
  readonly proto: string | undefined;
}

const mostAttempts = 150;

/** Plans for a route. */
export function planFor(route: DeclaredRoute, terrain: Terrain): Plan {
  const { choose } = terrain;
  const attempts = attemptsFor(route, terrain);
  const judged = judgeSome(route, attempts, terrain);
  // A redirect to https is where a route's requests end, but not what it is for.
  const found = judged.find(({ own }) => own && !isDetour(own)) ?? judged.find(({ own }) => own);
  const { attempt } = found ?? judged[0] ?? {};
  if (!attempt) return { route, questions: [], share: 0, because: "nothing listens" };
  const because = found ? undefined : judged.find((one) => one.because !== undefined)?.because;
  const { asked, door, proto } = attempt;
  const aimed: Question = { spec: overDoor(asked, door, { proto }), kind: "aimed", route };
  if (!found) return { route, questions: [aimed], share: 0, ...(because === undefined ? {} : { because }) };
  const others = judged.filter((one) => one.own).map((one) => one.attempt);
  const another = choose(choose([others, others, attempts]));
  const [variant, change] = changed(asked, route.wish, choose);
  const questions: readonly Question[] = [
    aimed,
    {
      spec: overDoor(another.asked, another.door, { proto: another.proto, http: choose(["1.1", "2"]) }),
      kind: "aimed",
      route,
    },
    { spec: overDoor(variant, door, { proto }), kind: "changed", route, change },
  ];
  return { route, questions, share: found.own?.percent ?? 0 };
}

type Judged = ReturnType<typeof judge> & { readonly attempt: Attempt };

/** Until some of them reach the route. */
function judgeSome(route: DeclaredRoute, attempts: readonly Attempt[], terrain: Terrain): readonly Judged[] {
  const judged: Judged[] = [];
  let direct = 0;
  for (const attempt of attempts.slice(0, mostAttempts)) {
    const one = { attempt, ...judge(route, attempt, terrain) };
    judged.push(one);
    if (one.own && !isDetour(one.own)) direct++;
    if (direct === 5) break;
  }
  return judged;
}

function attemptsFor(route: DeclaredRoute, { doors, hostnames, choose }: Terrain): readonly Attempt[] {
  const protos = route.wish.proto ? [route.wish.proto] : [undefined, "https"];
  return requestsFor(route, hostnames, choose).flatMap((asked) =>
    doors.flatMap((door) => protos.map((proto) => ({ asked, door, proto }))),
  );
}

function judge(route: DeclaredRoute, { asked, door, proto }: Attempt, { compilation }: Terrain) {
  const said = explain(compilation.compiler.declared, clientRequest(overDoor(asked, door, { proto })));
  const own = said.outcomes.find((outcome) => isBy(outcome, route));
  return { ...(own ? { own } : {}), ...reasonOf(route, said) };
}

/** That a request is not what the route asks for is no reason: it was made for the route. */
const reasons = /comes first|takes all requests that are left|share of the requests|Host rejects|x-forwarded-proto is/;

/**
 * Which names an expression is for, or a wildcard that stands for one label, is not known before they are tried: the
 * names of Hosts are none of its own then.
 */
function isReason(because: string, { kind, wish }: DeclaredRoute): boolean {
  const isUncertain = wish.host.form === "regex" || (kind === "Ingress" && wish.host.text.startsWith("*."));
  return reasons.test(because) || (isUncertain && because.startsWith("the Host header is"));
}

function reasonOf(route: DeclaredRoute, { losers, outcomes }: Explanation): { readonly because?: string } {
  const lost = losers.find((loser) => isBy(loser, route));
  if (lost) return isReason(lost.because, route) ? { because: lost.because } : {};
  const does = outcomes[0]?.does;
  // Something else than routes has ended it.
  return does && "because" in does && does.because && !/no Host|no route|terminate TLS|TLS only/.test(does.because)
    ? { because: does.because }
    : {};
}

function isDetour({ does }: Outcome): boolean {
  return does.kind === "redirect" && does.because !== undefined;
}

/** Whether a route decides. */
export function isBy({ at }: Pick<Outcome, "at">, { kind, name, path }: DeclaredRoute): boolean {
  return at !== undefined && formatRef(at.ref) === `${kind} default/${name}` && at.path.startsWith(path);
}
