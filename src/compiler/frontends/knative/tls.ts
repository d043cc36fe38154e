/** LOWER of a Knative Ingress's TLS sections: names that are for the cluster alone are left out. */
import { type Checked, type Diagnostic, diagnose, ok } from "#base/diagnostic.ts";
import type { ResourceRef } from "#base/origin.ts";
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
  const notes = tls.length > 0 ? [nowServed(ref, spec.redirects)] : [];
  if (!spec.redirects) return ok(sections, notes);
  const covered = new Set(tls.flatMap(({ hosts }) => hosts));
  const bare = [...exposed].filter((host) => !covered.has(host));
  if (bare.length === 0 || tls.some(({ hosts }) => hosts.length === 0)) return ok(sections, notes);
  const problem = diagnose(
    "ingress/redirect-without-tls",
    { ref, path: ".spec.httpOption" },
    `no TLS section has a certificate for ${bare.join(", ")}`,
    {
      traffic: "requests for it are served in cleartext",
      hint: "add a TLS section, or write a Host with a certificate",
    },
  );
  return ok(sections, [...notes, problem]);
}

function nowServed(ref: ResourceRef, redirects: boolean): Diagnostic {
  const message = "TLS sections and httpOption count; the old system passed over them";
  const traffic = redirects
    ? "TLS is served, and requests in cleartext are redirected to it"
    : "TLS is served beside requests in cleartext";
  return diagnose("compat/knative-tls", { ref, path: ".spec" }, message, { traffic });
}
