/** TLSContexts and Hosts, and the Hosts that stand in where there are none. */
import * as ambassador from "../frontends/ambassador/index.ts";
import type { Graph } from "../graph/index.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import { first, named, of } from "./wiring.ts";

/** Secrets by coordinates, TLSContexts, and host declarations. */
export type Hosts = ReturnType<typeof declareHosts>;

/** Declares Hosts. */
export function declareHosts(g: Graph, { settings }: Inputs, objects: Objects, { defaults, legacy }: ModuleValues) {
  const { all, anyHost, anyListener } = objects;
  const secrets = g.map("Secrets", all("Secret"), ({ resource }) => named(resource.ref, resource));
  const contexts = g.map("lower.TLSContext", all("TLSContext"), of(ambassador.lowerTlsContext({ secrets, defaults })));
  const byName = g.index("TLSContexts by name", contexts, (context) => [context.ref.name]);
  const own = g.map("lower.Host", all("Host"), of(ambassador.lowerHost({ secrets, defaults, contexts, byName })));
  const synthetic = { settings, module: legacy, anyHost, anyListener };
  const ofContexts = g.map("lower.contextHosts", contexts, ambassador.contextHosts(synthetic));
  const anyContextHost = first(g, "any context Host", ofContexts);
  const catchAll = g.value(
    "lower.catchAllHost",
    ambassador.catchAllHost({ ...synthetic, contextHosts: anyContextHost }),
  );
  return { secrets, contexts, contextLookup: { contexts, byName }, hosts: g.union("hosts", own, ofContexts, catchAll) };
}
