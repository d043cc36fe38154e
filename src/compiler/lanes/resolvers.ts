/** LOWER of resolvers: three kinds, one list of names. */

import { lowerConsulResolver, type ResolverDecl } from "../frontends/ambassador/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { Objects } from "./objects.ts";
import { keep } from "./wiring.ts";

const kinds = { KubernetesServiceResolver: "service", KubernetesEndpointResolver: "endpoint" } as const;

/** Declares the resolvers that users define. */
export function declareResolvers(g: Graph, all: Objects["all"]): Collection<ResolverDecl> {
  const parts = (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) =>
    g.map(`lower.${kind}`, all(kind), ({ resource }, _, key) =>
      keep(key, { name: resource.ref.name, namespace: resource.ref.namespace, kind: kinds[kind] }),
    ),
  );
  const inConsul = g.map("lower.ConsulResolver", all("ConsulResolver"), ({ resource }, _, key) =>
    keep(key, lowerConsulResolver(resource)),
  );
  return g.union("resolvers", ...parts, inConsul);
}
