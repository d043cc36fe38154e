/** LOWER of resolvers: three kinds, one list of names. */

import type { AnyResource } from "../api/index.ts";
import type { ResolverDecl } from "../frontends/ambassador/index.ts";
import type { Collection, Graph } from "../graph/index.ts";
import type { Admitted } from "./admission.ts";
import { keep } from "./wiring.ts";

const kinds = {
  KubernetesServiceResolver: "service",
  KubernetesEndpointResolver: "endpoint",
  ConsulResolver: "consul",
} as const;

/** Declares the resolvers that users define. */
export function declareResolvers(
  g: Graph,
  all: (kind: keyof typeof kinds) => Collection<Admitted<AnyResource>>,
): Collection<ResolverDecl> {
  const parts = (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) =>
    g.map(`lower.${kind}`, all(kind), ({ resource }, _, key) =>
      keep(key, { name: resource.ref.name, kind: kinds[kind] }),
    ),
  );
  return g.union("resolvers", ...parts);
}
