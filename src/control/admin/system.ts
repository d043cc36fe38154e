/** The part `system` of the diagnostics: who runs, where, and since when. */
import { hostname } from "node:os";
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Settings } from "#compiler";
import type { XdsServer } from "../xds/server.ts";
import type { Identity } from "./identity.ts";

/** What it is taken from. */
export interface SystemSources {
  readonly identity: Identity;
  readonly settings: Settings;
  readonly xds: XdsServer;
  diagnostics(): readonly Diagnostic[];
}

/** The old keys. */
export function systemInformation({ identity, settings, xds, diagnostics }: SystemSources): object {
  const errors = diagnostics().filter(({ severity }) => severity === "error").length;
  const uptime = process.uptime();
  return {
    version: identity.version,
    hostname: hostname(),
    ambassador_id: identity.ambassadorId,
    ambassador_namespace: identity.namespace,
    cluster_id: identity.clusterId(),
    single_namespace: identity.singleNamespace,
    knative_enabled: settings.knative === true,
    statsd_enabled: false,
    endpoints_enabled: !settings.disableEndpoints,
    boot_time: new Date(Date.now() - uptime * 1000).toISOString(),
    hr_uptime: forPeople(uptime),
    latest_snapshot: xds.snapshot.number,
    env_good: errors === 0,
    env_status: errors === 0 ? "OK" : `${errors} ${errors === 1 ? "error" : "errors"}`,
    env_failures: [],
    debug_mode: false,
  };
}

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `2 days, 3 hours`: the two largest units. */
export function forPeople(seconds: number): string {
  let left = Math.floor(seconds);
  const words: string[] = [];
  for (const [name, size] of units) {
    const count = Math.floor(left / size);
    left %= size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return words.slice(0, 2).join(", ") || "0 seconds";
}
