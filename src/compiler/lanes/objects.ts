/** The first lane: what was read under one identity → one typed resource, or none. */
import { intern } from "#base/intern.ts";
import { refKey } from "#base/origin.ts";
import * as api from "../api/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { LastGood, Refusal } from "../history.ts";
import type { Challenge } from "../ir/challenge.ts";
import type { ConsulAnswer } from "../ir/consul.ts";
import type { CertificateSource, RouteTables, Settings } from "../settings.ts";
import { type Admitted, admission } from "./admission.ts";
import { byCreation, unfold } from "./annotated.ts";
import { withoutRefusedSlot } from "./refused-slot.ts";
import { salvageMapping } from "./salvage.ts";
import { first, ours, type ResourceOf } from "./wiring.ts";

/** The inputs of the graph: everything that decides the result. */
export type Inputs = ReturnType<typeof declareInputs>;
/** Admitted resources, by kind. */
export type Objects = ReturnType<typeof declareObjects>;

/** Declares the sources. */
export function declareInputs(g: Graph) {
  return {
    objects: g.source<api.RawObject>("objects"),
    lastGood: g.source<LastGood>("last good"),
    refusals: g.source<Refusal>("refusals"),
    files: g.source<api.FileContent>("files"),
    consul: g.source<ConsulAnswer>("answers of Consul"),
    challenges: g.source<Challenge>("challenges"),
    routeTables: g.source<RouteTables>("route tables"),
    certificates: g.source<CertificateSource>("where certificates are from"),
    settings: g.source<Settings>("settings"),
  };
}

/** Declares admission. `any` are singletons: the first object of ours of a kind, usable or not. */
export function declareObjects(g: Graph, inputs: Inputs) {
  const { objects, settings } = inputs;
  const everything = g.map("all objects", objects, unfold(settings));
  const identities = g.group("objects by identity", everything, (raw) => [intern(refKey(raw.ref))], byCreation);
  const admitted = g.map("admit", identities, admission(inputs, api.admit, salvageMapping, withoutRefusedSlot));
  const ofKind = g.split("resources", admitted, ({ resource }) => resource.kind);
  const all = <K extends api.AnyResource["kind"]>(kind: K) => ofKind(kind) as Collection<Admitted<ResourceOf<K>>>;
  const ourOwn = g.split("our objects", g.map("ours", identities, ours(settings)), ({ ref }) => ref.kind);
  const listeners = ourOwn("Listener");
  return {
    identities,
    admitted,
    all,
    authServices: g.union("our AuthServices", ourOwn("AuthService"), ourOwn("AmbassadorAuthService")),
    ourModules: ourOwn("Module"),
    listeners,
    anyListener: first(g, "any Listener", listeners),
    anyHost: first(g, "any Host", ourOwn("Host")),
  };
}
