/** What a virtual host makes of a route: the route as it is, one that redirects to https, both, or neither. */
import type { Exposure } from "./virtual-host.ts";

/** One of the routes that a route becomes: for requests with this x-forwarded-proto, or for all. */
export interface RouteVariant {
  readonly proto?: "http" | "https";
  /** Redirects to https instead of doing what the route says. */
  readonly toHttps?: true;
}

/** The routes that a route becomes, in the order of matching; `proto` is what the route itself asks for. */
export function routeVariants(proto: "http" | "https" | undefined, exposure: Exposure): readonly RouteVariant[] {
  // A route for plain HTTP only is what its object says it is: there is nothing to redirect it to.
  if (proto === "http") return exposure === "hidden" || exposure === "secure-only" ? [] : [{ proto }];
  switch (exposure) {
    case "direct":
      return [proto ? { proto } : {}];
    case "redirect":
      return [{ proto: "https" }, { toHttps: true }];
    case "secure-only":
      return [{ proto: "https" }];
    case "redirect-only":
      return [{ toHttps: true }];
    case "hidden":
      return [];
  }
}
