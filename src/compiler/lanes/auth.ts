/**
 * AuthServices: the one that is asked about everything, those that Mappings name, and their upstreams. The Module
 * `authentication` is asked where there is no AuthService.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { formatRef, type Origin, refKey } from "#base/origin.ts";
import { inModule } from "../api/index.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Collection, Derived, Graph } from "../graph/index.ts";
import type { Route } from "../ir/route.ts";
import { emitJudge } from "../policies/auth/emit.ts";
import { type AuthSettings, closed } from "../policies/auth/lower.ts";
import { routeAuthOf, routeMark } from "../policies/auth/route.ts";
import type { Objects } from "./objects.ts";
import { byOrigin, emitted, keep, single } from "./wiring.ts";

type Decl = ambassador.AuthDecl;

interface AuthInputs {
  readonly lookup: ambassador.MappingLookup;
  readonly routes: Collection<Route>;
}

/** Declares AuthServices. Those that were not admitted count, too: they close the way instead of opening it. */
export function declareAuth(g: Graph, objects: Objects, { lookup, routes }: AuthInputs) {
  const decls = declareDecls(g, objects, lookup);
  const usable = g.map("emit.AuthService", decls, (decl, _, key) =>
    emitted(
      key,
      decl.origin,
      closed,
      () => judged(decl),
      () => judged({ origin: decl.origin, judge: { kind: "deny" } }),
    ),
  );
  const marks = g.map("AuthServices of routes", routes, ({ policies }, _, key) => {
    const settings = routeAuthOf(policies);
    return keep(key, settings && routeMark(settings));
  });
  const named = g.count("routes by AuthService", marks, (mark) => [mark]);
  const together = g.group("AuthServices", usable, () => [""], byTurn);
  const chosen = g.map("asked AuthServices", together, ([usual, ...others], reads) => {
    const isNamed = ({ origin }: Decl) => reads.has(named, refKey(origin.ref));
    const asked = others.filter(isNamed);
    const idle = usual ? others.filter((one) => !isNamed(one)).map(({ origin }) => notAsked(origin, usual.origin)) : [];
    return { ...single(usual && { usual, isNamed: isNamed(usual), others: asked }), diagnostics: idle };
  });
  return {
    asked: g.map("asked of auth", chosen, ({ usual, isNamed, others }) => {
      const settings = settingsOf(usual, others, isNamed);
      const clusters = [usual, ...others].flatMap(({ upstream }) => (upstream ? [upstream.name] : []));
      const also = others.map(({ origin }) => origin);
      return keep("", { value: settings, origin: usual.origin, also, ...(clusters.length > 0 ? { clusters } : {}) });
    }),
    upstreams: g.map("clusters of AuthServices", chosen, ({ usual, others }) => ({
      out: [usual, ...others].flatMap(({ origin, upstream }) =>
        upstream ? [[`AuthService ${refKey(origin.ref)}`, upstream] as const] : [],
      ),
    })),
  };
}

function declareDecls(g: Graph, { all, authServices, ourModules }: Objects, lookup: ambassador.MappingLookup) {
  const lower = ambassador.lowerAuthService(lookup);
  const admitted = all("AuthService");
  const own = g.map("lower.AuthService", authServices, (origin, reads, key) =>
    lower(origin, reads.get(admitted, key)?.resource, reads, key),
  );
  const modules = g.map("our Modules authentication", ourModules, (origin, _, key) =>
    keep(key, origin.ref.name === "authentication" ? origin : undefined),
  );
  const ofModules = g.map("lower.Module authentication", modules, (origin, reads, key): Derived<Decl> => {
    const { resource } = reads.get(all("Module"), key) ?? {};
    const spec = resource?.spec.authService;
    const { out, diagnostics = [] } = lower(origin, spec && { ...resource, kind: "AuthService", spec }, reads, key);
    return { out, diagnostics: diagnostics.map((one) => ({ ...one, at: inModule(one.at) })) };
  });
  return g.union("AuthServices and Modules", own, ofModules);
}

/** The declaration, once Envoy's own rules are found to allow it. */
function judged(decl: Decl): Decl {
  emitJudge(decl.judge);
  return decl;
}

/** AuthServices by their names, and Modules behind them. */
function byTurn(a: Decl, b: Decl): number {
  return Number(isModule(a)) - Number(isModule(b)) || byOrigin(a, b);
}

function isModule({ origin }: Decl): boolean {
  return origin.ref.kind === "Module";
}

/** Whoever is named stands in the choice, so that none of its routes is denied as nobody's. */
function settingsOf(usual: Decl, others: readonly Decl[], isNamed: boolean): AuthSettings {
  if (others.length === 0) return usual.judge;
  const named = [...(isNamed ? [usual] : []), ...others];
  const marked = named.map(({ origin, judge }) => ({ mark: refKey(origin.ref), judge }));
  return { kind: "choice", usual: usual.judge, named: marked };
}

function notAsked(at: Origin, first: Origin): Diagnostic {
  const related = [{ at: first, message: "is asked" }];
  const traffic = "it is not asked about any request";
  if (at.ref.kind === "Module") {
    const message = `${formatRef(first.ref)} is asked instead`;
    const detail = { traffic, hint: "delete the Module", related };
    return diagnose("module/service-hidden", inModule(at), message, detail);
  }
  const message = `${formatRef(first.ref)} is asked, the first by its name, and no Mapping names this one`;
  const hint = "write its name as auth_service of the Mappings that are to ask it, or delete it";
  return diagnose("compat/one-auth-service", at, message, { traffic, hint, related });
}

/** What the AuthServices are known by to Mappings. */
export function authServicesByName(g: Graph, authServices: Collection<Origin>) {
  const refs = g.map("names of AuthServices", authServices, ({ ref }, _, key) => keep(key, ref));
  return g.index("AuthServices by name", refs, ({ name }) => [name]);
}
