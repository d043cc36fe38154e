/** LOWER of a Knative Ingress's TLS sections: names that are for the cluster alone are left out. */
import { type Checked, diagnose, ok } from "#base/diagnostic.ts";
import type { KnativeIngress } from "../../api/index.ts";
import type { TlsSections } from "../ingress-hosts.ts";

/** The TLS sections, and whether cleartext requests for their names are redirected. */
export function knativeTlsSections({ ref, created, labels, spec }: KnativeIngress): Checked<TlsSections> {
  const exposed = new Set(spec.rules.flatMap(({ isLocal, hosts }) => (isLocal ? [] : hosts)));
  const hidden = new Set(spec.rules.flatMap(({ isLocal, hosts }) => (isLocal ? hosts : [])));
  const tls = spec.tls.flatMap(({ hosts, ...section }) => {
    const shown = hosts.filter((host) => exposed.has(host) || !hidden.has(host));
    return hosts.length > 0 && shown.length === 0 ? [] : [{ ...section, hosts: shown }];
  });
  const sections: TlsSections = {
    ref,
    ...(created === undefined ? {} : { created }),
    labels,
    insecure: spec.redirects ? "redirect" : "route",
    tls,
  };
  if (!spec.redirects) return ok(sections);
  const covered = new Set(tls.flatMap(({ hosts }) => hosts));
  const bare = [...exposed].filter((host) => !covered.has(host));
  if (bare.length === 0 || tls.some(({ hosts }) => hosts.length === 0)) return ok(sections);
  const problem = diagnose(
    "ingress/redirect-without-tls",
    { ref, path: ".spec.httpOption" },
    `no TLS section has a certificate for ${bare.join(", ")}`,
    {
      traffic: "requests for it are served in cleartext",
      hint: "add a TLS section, or write a Host with a certificate",
    },
  );
  return ok(sections, [problem]);
}
