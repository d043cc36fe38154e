/** Sockets: listeners as they are declared, or synthesised as in 1.x, one per socket; and the port that https has. */
import * as ambassador from "../frontends/ambassador/index.ts";
import { lowerOwnService } from "../frontends/services.ts";
import type { Collection, Derived, Graph, Reads } from "../graph/index.ts";
import type { ListenerDecl } from "../ir/listener.ts";
import * as link from "../link/index.ts";
import type { Settings } from "../settings.ts";
import type { Hosts } from "./hosts.ts";
import type { ModuleValues } from "./module.ts";
import type { Inputs, Objects } from "./objects.ts";
import { byKey, cleartextPorts, first, keep, of, single } from "./wiring.ts";

/** Declared listeners by socket, and the port that redirects to https name. */
export type Sockets = ReturnType<typeof declareSockets>;

/** Declares sockets. */
export function declareSockets(
  g: Graph,
  { settings }: Inputs,
  { all, anyListener }: Objects,
  { legacy }: ModuleValues,
  { hosts }: Hosts,
) {
  const own = g.map("lower.Listener", all("Listener"), of(ambassador.lowerListener(settings)));
  const certificates = g.map("certificates of Hosts", hosts, (host, _, key) => keep(key, host.tls));
  const anyCertificate = first(g, "any certificate", certificates);
  const ownService = g.map("lower.ownService", all("Service"), of(lowerOwnService(settings)));
  const ownServices = g.index("own Services by namespace", ownService, ({ ref }) => [ref.namespace]);
  const ports = { cleartextPorts: cleartextPorts(g, hosts), ownServices };
  const lookup = { settings, module: legacy, anyListener, anyCertificate, ...ports };
  const synthesised = g.value("lower.legacyListeners", ambassador.legacyListeners(lookup));
  const decls = g.union("listener declarations", own, synthesised);
  const bySocket = g.group("listeners by socket", decls, socketOf, link.byAge);
  const declared = g.map("link.Listener", bySocket, link.linkListener);
  const together = g.group("all sockets", declared, () => [""], byKey);
  return { declared, ownServices, httpsPort: g.value("https port", httpsPort(settings, together)) };
}

function socketOf(listener: ListenerDecl): readonly string[] {
  return [link.socketKey(listener)];
}

function httpsPort(settings: Collection<Settings>, listeners: Collection<readonly ListenerDecl[]>) {
  return (reads: Reads): Derived<number> => {
    const { httpsPort: wanted, ports = {} } = reads.get(settings, "") ?? {};
    return single(wanted === "own" ? link.ownHttpsPort(reads.get(listeners, "") ?? [], ports) : wanted);
  };
}
