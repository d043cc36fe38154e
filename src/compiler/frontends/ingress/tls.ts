/** LOWER of an Ingress's TLS sections: what every dialect's Ingress says of TLS. */
import type { Ingress } from "../../api/index.ts";
import type { TlsSections } from "../ingress-hosts.ts";

/** The TLS sections; cleartext requests are served as well. */
export function tlsSections({ ref, created, labels, spec: { tls } }: Ingress): TlsSections {
  return { ref, ...(created === undefined ? {} : { created }), labels, insecure: "route", tls };
}
