/** What a route does with a request that it takes. */
import type { Declared } from "../compile.ts";
import type { Redirect } from "../ir/route.ts";
import type { Effect, Upstream } from "./explanation.ts";
import type { Taker } from "./outcomes.ts";
import type { SeenRequest } from "./request.ts";
import { hostUpstream, locationOf, pathUpstream } from "./rewrite.ts";

const toHttpsRedirect: Redirect = { kind: "redirect", https: true, status: 301 };

const nothing = "it has nothing that it could forward to";
const reasons: Readonly<Record<number, string>> = { 403: "the AuthService that it names is not there" };

/** The effect of a route that takes a request. */
export function effectOf(declared: Declared, { route, toHttps }: Taker, request: SeenRequest): Effect {
  const httpsPort = declared.sockets.httpsPort.get("");
  const location = (redirect: Redirect): string => locationOf(redirect, route.match.path, request, httpsPort);
  if (toHttps) {
    const because = "its Host redirects requests that are not secure";
    return { kind: "redirect", status: 301, location: location(toHttpsRedirect), because };
  }
  const { action } = route;
  switch (action.kind) {
    case "redirect":
      return { kind: "redirect", status: action.status, location: location(action) };
    case "respond":
      return { kind: "respond", status: action.status, because: reasons[action.status] ?? nothing };
    case "forward": {
      const host = hostUpstream(action, request);
      const path = pathUpstream(route, action, request);
      const upstream = upstreamOf(declared, action.cluster);
      const { mirror } = action;
      const copies = mirror && { percent: mirror.percent, upstream: upstreamOf(declared, mirror.cluster) };
      const named = host === undefined ? {} : { host };
      return { kind: "forward", path, ...named, upstream, ...(copies ? { mirror: copies } : {}) };
    }
  }
}

/** Where a cluster's requests go. */
export function upstreamOf({ upstreams }: Declared, cluster: string): Upstream {
  const target = upstreams.clusters.get(cluster)?.target;
  switch (target?.kind) {
    case "address":
      return { cluster, target: "an address", addresses: [address(target)] };
    case "dns":
      return { cluster, target: `the DNS name ${target.host}:${target.port}`, addresses: [] };
    case "endpoints": {
      const { namespace, name, port } = target.service;
      const addresses = upstreams.endpoints.get(target.endpoints)?.endpoints.map(address) ?? [];
      return { cluster, target: `Service ${namespace}/${name} port ${port}`, addresses };
    }
    case "consul": {
      const { name, datacenter } = target.service;
      const addresses = upstreams.endpoints.get(target.endpoints)?.endpoints.map(address) ?? [];
      return { cluster, target: `service ${name} of Consul in ${datacenter}`, addresses };
    }
    default:
      return { cluster, target: "nothing", addresses: [] };
  }
}

function address(of: { readonly address: string; readonly port: number }): string {
  return of.address.includes(":") ? `[${of.address}]:${of.port}` : `${of.address}:${of.port}`;
}
