/**
 * LINK of Consul: which services somebody has to ask it for, and what its answers, or their absence, mean for traffic.
 * Beside the endpoints' lane: an instance that comes or goes changes nothing here.
 */
import { type Diagnostic, type DiagnosticCode, type DiagnosticDetail, diagnose } from "#base/diagnostic.ts";
import { formatOrigin } from "#base/origin.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { Cluster } from "../ir/cluster.ts";
import type { ConsulAnswer, ConsulService } from "../ir/consul.ts";

/** How it stands with a service, apart from where its instances are. */
export interface ConsulStanding {
  readonly service: ConsulService;
  readonly code: Extract<DiagnosticCode, `resolver/${string}`> | "fine";
  readonly because?: string;
  readonly unusable?: readonly string[];
}

/** The service of clusters with the same endpoints, if they are in Consul. */
export function linkConsulService([first]: readonly Cluster[], _: Reads, key: string): Derived<ConsulService> {
  return { out: first?.target.kind === "consul" ? [[key, first.target.service]] : [] };
}

/** Judges what is known of each service. */
export function linkConsulStanding(
  answers: Collection<ConsulAnswer>,
): (service: ConsulService, reads: Reads, key: string) => Derived<ConsulStanding> {
  return (service, reads, key) => {
    const { endpoints, trouble, unusable = [] } = reads.get(answers, key) ?? {};
    const code = standing(endpoints?.length, trouble);
    const because = trouble === undefined ? {} : { because: trouble };
    return { out: [[key, { service, code, ...because, ...(unusable.length > 0 ? { unusable } : {}) }]] };
  };
}

function standing(count: number | undefined, trouble: string | undefined): ConsulStanding["code"] {
  if (trouble !== undefined) return count === undefined ? "resolver/no-answer" : "resolver/last-answer";
  if (count === undefined) return "resolver/not-asked";
  return count === 0 ? "resolver/no-instances" : "fine";
}

/** Where a standing is reported: at the resolver, once for all of its services that stand alike. */
export function reportedAt({ service }: ConsulStanding): readonly string[] {
  return [formatOrigin(service.origin)];
}

/** Reports the services of one resolver. */
export function reportConsul(standings: readonly ConsulStanding[]): readonly Diagnostic[] {
  const alike = Map.groupBy(standings, ({ code, because }) => `${code} ${because ?? ""}`);
  const unusable = standings.flatMap((one) => (one.unusable ? [reportUnusable(one, one.unusable)] : []));
  return [...[...alike.values()].flatMap(reportAlike), ...unusable];
}

function reportAlike(standings: readonly ConsulStanding[]): readonly Diagnostic[] {
  const first = standings[0];
  if (!first || first.code === "fine") return [];
  const { service, code, because } = first;
  const names = standings.map(({ service: { name } }) => name).sort();
  const { says, ...detail } = sentences[code] ?? fallback;
  const why = because === undefined ? "" : `: ${because}`;
  const message = `Consul at ${service.agent} ${says(namesOf(names), service.datacenter)}${why}`;
  return [diagnose(code, service.origin, message, detail)];
}

interface Sentence extends DiagnosticDetail {
  says(names: string, datacenter: string): string;
}

const fallback: Sentence = { says: (names) => `has something about ${names}` };

const sentences: Readonly<Partial<Record<ConsulStanding["code"], Sentence>>> = {
  "resolver/not-asked": {
    says: (names) => `has not said yet where to find ${names}`,
    traffic: "requests get 503 until it has",
    hint: "only a running gateway asks Consul",
  },
  "resolver/no-answer": {
    says: (names) => `does not say where to find ${names}`,
    traffic: "requests get 503 until it does",
    hint: "correct the resolver's address, or let this gateway reach it",
  },
  "resolver/last-answer": {
    says: (names) => `no longer says where to find ${names}`,
    traffic: "requests go to the instances of its last answer",
  },
  "resolver/no-instances": {
    says: (names, datacenter) => `knows no passing instance in datacenter ${datacenter} of ${names}`,
    traffic: "requests get 503",
    hint: "compare the name with that under which it is registered",
  },
};

function reportUnusable({ service }: ConsulStanding, unusable: readonly string[]): Diagnostic {
  const message = `instances of ${service.name} in Consul cannot be used: ${listed(unusable, "more")}`;
  return diagnose("resolver/unusable-instance", service.origin, message, { traffic: "no request is sent to them" });
}

function namesOf(names: readonly string[]): string {
  return listed(
    names.map((name) => `"${name}"`),
    "more services",
  );
}

const mostShown = 5;

function listed(items: readonly string[], rest: string): string {
  const more = items.length - mostShown;
  const shown = [...items.slice(0, mostShown), ...(more > 0 ? [`${more} ${rest}`] : [])];
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : shown.join("");
}
