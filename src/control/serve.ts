/** The xDS server of a control process, and what it tells the pipeline and the log. */
import { errorFields } from "#base/log.ts";
import { runtimeDirectoryAt } from "#base/runtime-directory.ts";
import type { ControlOptions } from "./options.ts";
import type { Reached } from "./view.ts";
import { serveXds, type XdsServer } from "./xds/server.ts";

/** Envoys are let in when everything is compiled, so none is heard before there is a pipeline. */
export function startXds(
  { runtimeDirectory, drainSeconds, remote, hasOwnEnvoy = true, settings: { envoyVersion }, log }: ControlOptions,
  reached: Reached,
): Promise<XdsServer> {
  return serveXds({
    socketPath: runtimeDirectoryAt(runtimeDirectory).xdsSocket,
    hasOwnEnvoy,
    ...(remote && { remote: { ...remote, envoyVersion, log } }),
    ...(drainSeconds === undefined ? {} : { order: { drainMs: drainSeconds * 1000 } }),
    onRefusal: (refused) => reached.pipeline?.refused(refused),
    onOddRefusal({ type, name, nodeId, message }) {
      const text = `an Envoy elsewhere refuses ${type} "${name}" and goes on with what it had; no other does`;
      log("warning", text, { node: nodeId, reason: message });
    },
    onConnected: () => reached.pipeline?.connected(),
    onConverged: (number) => reached.pipeline?.converged(number),
    onEarly({ type, name, clusters }) {
      const text = `${type} "${name}" was sent although Envoy had not reached all of its clusters in time`;
      log("warning", text, { clusters: clusters.slice(0, 5).join(" "), count: clusters.length });
    },
    onStreamError(error, peer) {
      if (peer) log("warning", "an Envoy elsewhere is not served", { peer: peer.address, reason: error.message });
      else log("warning", "Envoy's stream has broken", errorFields(error));
    },
  });
}
