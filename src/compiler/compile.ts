/**
 * ★ Start here: the whole pipeline.
 *
 *   objects ─ admit ─► resources ─ lower ─► declarations ─ link ─► IR ─ emit ─► bytes
 *
 * A lane declares its derived collections in the order of the stages; an edit recomputes the keys that it reaches and
 * nothing else. Routes, endpoints and secrets never touch each other's lanes: a moved endpoint or a rotated
 * certificate is encoded and served without a look at any route.
 */
import type { Collection, Graph } from "./graph/index.ts";
import type { Encoded, ResourceType } from "./ir/encoded.ts";
import { declareAuth } from "./lanes/auth.ts";
import { declareCertificateNotices } from "./lanes/certificate-notices.ts";
import { declareChains } from "./lanes/chains.ts";
import { declareHosts } from "./lanes/hosts.ts";
import { declareIngresses } from "./lanes/ingress.ts";
import { declareListeners } from "./lanes/listeners.ts";
import { declareLogServices } from "./lanes/log-services.ts";
import { declareModule } from "./lanes/module.ts";
import { declareNames } from "./lanes/names.ts";
import { declareInputs, declareObjects } from "./lanes/objects.ts";
import { declareRateLimit } from "./lanes/rate-limit.ts";
import { declareReach } from "./lanes/reach.ts";
import { declareRouteNotices } from "./lanes/route-notices.ts";
import { declareEmittedRoutes, declareRoutes } from "./lanes/routes.ts";
import { declareSecrets } from "./lanes/secrets.ts";
import { type AskedByPolicy, declareSlots } from "./lanes/slots.ts";
import { declareSockets } from "./lanes/sockets.ts";
import { declareTables } from "./lanes/tables.ts";
import { declareTracing } from "./lanes/tracing.ts";
import { declareUpstreams } from "./lanes/upstreams.ts";

/** The graph's two ends, and the collections between them that views look at. */
export type Declared = ReturnType<typeof declareCompiler>;

/** Declares the compiler's graph. */
export function declareCompiler(g: Graph) {
  const inputs = declareInputs(g); //                                            all that decides the result
  const objects = declareObjects(g, inputs); //                                  admit: one resource per identity
  const module = declareModule(g, inputs, objects); //                           lower: instance-wide values
  const ingresses = declareIngresses(g, inputs, objects); //                     lower: which Ingresses are ours
  const hosts = declareHosts(g, inputs, objects, module, ingresses); //          lower: TLSContexts and Hosts
  const sockets = declareSockets(g, inputs, objects, module, hosts); //          lower, link: declared listeners
  const routes = declareRoutes(g, inputs, objects, { module, hosts, ingresses }); // lower, link: routes
  const auth = declareAuth(g, objects, routes); //                               lower: AuthServices
  const rateLimit = declareRateLimit(g, module.rateLimit, module.settings, routes.lookup); // lower: RateLimitServices
  const logs = declareLogServices(g, objects, routes.lookup); //                 lower: LogServices
  const tracing = declareTracing(g, objects, routes.lookup); //                  lower: TracingServices
  const upstreams = declareUpstreams(g, inputs, objects, routes, auth, rateLimit, logs, tracing); // link, emit: clusters, endpoints
  const emitted = declareEmittedRoutes(g, routes, sockets); //                   emit: routes, while Envoy takes clusters
  const listeners = declareListeners(g, inputs, sockets, routes, hosts); //      link: listeners and sites
  declareReach(g, inputs, sockets, hosts, listeners); //                         link: who is reached through the own Service
  declareRouteNotices(g, inputs, module, emitted, listeners); //                 report: whether their layout still fits
  const names = declareNames(g, inputs, hosts, listeners, routes, emitted); //   link: which Host answers for a name
  const tables = declareTables(g, inputs, listeners, names, emitted); //         link, emit: virtual hosts and tables
  const chains = declareChains(g, { inputs, module, hosts, listeners, routes, names, logs, tracing }); // link, emit: listeners
  declareCertificateNotices(g, inputs, listeners, chains); //                    report: whether their source still fits
  const asked: AskedByPolicy = { auth: auth.asked, "rate-limit": rateLimit.asked };
  const slots = declareSlots(g, { settings: inputs.settings, module, routes: routes.routes, own: asked }); // lower, emit: policies in use
  const secrets = declareSecrets(g, hosts, upstreams, chains); //                link, emit: key material in use

  const outputs: Readonly<Record<ResourceType, Collection<Encoded>>> = {
    cluster: upstreams.encodedClusters,
    endpoints: upstreams.encodedEndpoints,
    extension: slots,
    secret: secrets.encodedSecrets,
    listener: chains.encodedListeners,
    routes: tables.encodedTables,
    scope: tables.scopes.encodedScopes,
  };
  return {
    inputs,
    objects,
    auth,
    rateLimit,
    logs,
    tracing,
    asked,
    module,
    ingresses,
    hosts,
    sockets,
    routes,
    emitted,
    upstreams,
    listeners,
    names,
    tables,
    chains,
    secrets,
    outputs,
  };
}
