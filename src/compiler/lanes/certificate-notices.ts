/** What there is to say about where certificates are from: that a run would choose otherwise by now. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { Graph } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import type { Chains } from "./chains.ts";
import type { Listeners } from "./listeners.ts";
import type { Inputs } from "./objects.ts";
import { single } from "./wiring.ts";

/** Twice as many as those from which a run has them asked for, so that nobody is told of a few more. */
const farTooMany = 1_000;

/** Declares it. */
export function declareCertificateNotices(
  g: Graph,
  { settings, certificates }: Inputs,
  { listeners }: Listeners,
  { spared }: Chains,
): void {
  const many = g.map("report.manyChains", spared, (count) => single(count >= farTooMany ? true : undefined));
  g.map("report.certificates", listeners, (listener, reads) => {
    const chosen = reads.get(settings, "")?.certificates === undefined && reads.get(certificates, "") === "chains";
    const told = chosen && listener.tls && listener.http !== undefined && !listener.quic && reads.has(many, "");
    return { out: [], diagnostics: told ? [tooMany(listener)] : [] };
  });
}

function tooMany({ origin }: ListenerDecl): Diagnostic {
  const message = `there are more than ${farTooMany} filter chains for certificates by now, as is good for few`;
  return diagnose("listener/certificates", origin, message, {
    traffic: "requests are answered as before, but Hosts come and go later the more certificates there are",
    hint: "it changes once nobody is connected; a restart, which ends connections, does it at once",
  });
}
