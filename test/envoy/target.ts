/** Where a request of a case is to go. */
import type { RequestSpec } from "./request-spec.ts";

/** A request's target taken apart, with the path untouched. */
export interface Target {
  readonly scheme: "http" | "https" | "tcp" | "tls";
  readonly authority: string;
  readonly hostname: string;
  readonly port: number;
  readonly path: string;
}

/** Takes the URL apart without normalising anything. */
export function parseTarget(spec: RequestSpec): Target {
  const [, scheme, authority, path] = /^(https?|tcp|tls):\/\/([^/?*]*)(.*)$/s.exec(spec.url) ?? [];
  if (!scheme || authority === undefined) throw new Error(`not a URL: ${spec.url}`);
  const [, hostname = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  const standard = { http: 8080, https: 8443 }[scheme];
  const chosen = spec.port ?? (port ? Number(port) : standard);
  if (chosen === undefined) throw new Error(`${spec.url} names no port`);
  return {
    scheme: scheme as Target["scheme"],
    authority: spec.host ?? authority,
    hostname,
    port: chosen,
    path: path || "/",
  };
}
