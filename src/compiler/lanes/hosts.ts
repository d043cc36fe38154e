/** TLSContexts and Hosts, and what stands in where there are none: TLS sections of Ingresses, hosts of TLSContexts. */
import { diagnose } from "#base/diagnostic.ts";
import { nameKey, type ResourceRef } from "#base/origin.ts";
import * as ambassador from "../frontends/ambassador/index.ts";
import { tlsSections } from "../frontends/ingress/index.ts";
import { ingressHosts } from "../frontends/ingress-hosts.ts";
import { knativeTlsSections } from "../frontends/knative/index.ts";
import { meshSecret } from "../frontends/mesh.ts";
import type { Graph } from "../graph/index.ts";
import type { Ingresses } from "./ingress.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import { declareTlsModule } from "./tls-module.ts";
import { byKey, first, keep, named, of } from "./wiring.ts";

/** Secrets by coordinates, TLSContexts, and host declarations. */
export type Hosts = ReturnType<typeof declareHosts>;

/** Declares Hosts. */
export function declareHosts(
  g: Graph,
  { settings, files }: Inputs,
  objects: Objects,
  module: ModuleValues,
  ingresses: Ingresses,
) {
  const { all, anyHost, anyListener } = objects;
  const { defaults, legacy } = module;
  const ofMesh = g.value("Secret of the mesh", meshSecret({ settings, files }));
  const others = g.map("other Secrets", all("Secret"), ({ resource: { ref }, resource }, reads) =>
    reads.has(ofMesh, nameKey(ref)) ? { out: [], diagnostics: [replaced(ref)] } : named(ref, resource),
  );
  const secrets = g.union("Secrets", ofMesh, others);
  const material = { secrets, files };
  const written = g.map(
    "lower.TLSContext",
    all("TLSContext"),
    of(ambassador.lowerTlsContext({ ...material, defaults })),
  );
  const ofModules = declareTlsModule(g, objects, module.settings, { ...material, defaults, settings });
  const contexts = g.union("TLS contexts", written, ofModules);
  const byName = g.index("TLSContexts by name", contexts, (context) => [context.ref.name]);
  const own = g.map(
    "lower.Host",
    all("Host"),
    of(ambassador.lowerHost({ ...material, defaults, contexts, byName, anyListener, settings })),
  );
  const ofAction = g.group("Hosts by insecure action", own, (host) => [host.insecure], byKey);
  const byAction = g.map("first Host of an action", ofAction, ([host], _, action) => keep(action, host));
  g.value("lower.hostPolicies", ambassador.lowerHostPolicies({ anyListener, byAction }));
  const synthetic = { settings, module: legacy, anyHost, anyListener };
  const ofContexts = g.map("lower.contextHosts", contexts, ambassador.contextHosts(synthetic));
  const anyContextHost = first(g, "any context Host", ofContexts);
  const sections = g.union(
    "TLS sections",
    g.map("TLS sections of Ingresses", ingresses, (ingress, _, key) => keep(key, tlsSections(ingress))),
    g.map("TLS sections of Knative's Ingresses", all("KnativeIngress"), ({ resource }, _, key) => {
      const { value, diagnostics } = knativeTlsSections(resource);
      return { ...keep(key, value), diagnostics };
    }),
  );
  const ofIngresses = g.map("lower.ingressHosts", sections, ingressHosts({ secrets, anyHost, anyContextHost }));
  // One that serves some names only leaves all others to the catch-all.
  const catchAlls = g.map("catch-all Ingresses", ofIngresses, (host, _, key) =>
    keep(key, host.glob === "*" ? host : undefined),
  );
  const anyStandIn = first(g, "any stand-in", g.union("stand-ins", ofContexts, catchAlls));
  const catchAll = g.value(
    "lower.catchAllHost",
    ambassador.catchAllHost({ ...synthetic, contextHosts: anyStandIn, secrets }),
  );
  const hosts = g.union("hosts", own, ofContexts, ofIngresses, catchAll);
  return {
    secrets,
    wantedSecrets: () => g.wanted(secrets),
    material,
    contexts,
    contextLookup: { contexts, byName },
    hosts,
  };
}

function replaced(ref: ResourceRef) {
  return diagnose("secret/mesh-instead", { ref, path: "" }, "the mesh's certificates in files take its place", {
    traffic: "what refers to it gets those of AMBASSADOR_ISTIO_SECRET_DIR",
  });
}
