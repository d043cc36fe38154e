/** Services in Consul: what a running instance asks for, and what it is told about that. */
import type { Collection, Graph } from "../graph/index.ts";
import type { Cluster } from "../ir/cluster.ts";
import type { ConsulAnswer, ConsulService } from "../ir/consul.ts";
import * as link from "../link/index.ts";
import { byKey } from "./wiring.ts";

/** Declares which services are to be asked for, by the name of their endpoints, and the report of their answers. */
export function declareConsul(
  g: Graph,
  subscribers: Collection<readonly Cluster[]>,
  answers: Collection<ConsulAnswer>,
): Collection<ConsulService> {
  const services = g.map("link.ConsulService", subscribers, link.linkConsulService);
  const standings = g.map("link.ConsulStanding", services, link.linkConsulStanding(answers));
  const byResolver = g.group("Consul services by resolver", standings, link.reportedAt, byKey);
  g.map("report.ConsulResolver", byResolver, (members) => ({ out: [], diagnostics: link.reportConsul(members) }));
  return services;
}
