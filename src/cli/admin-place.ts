/**
 * Where the admin interface and the snapshot are, from flags and the environment, and where Envoy finds the first. In a
 * pod they are where they always were, so that probes and Services of an old installation go on to fit.
 */
import { isIP } from "node:net";
import type { Settings } from "#compiler";
import { nearby } from "../control/admin/nearby.ts";
import type { AdminPort } from "../control/admin/server.ts";
import { isInCluster } from "../control/kube/find-access.ts";
import { CannotRun } from "./cannot-run.ts";
import { parsePort } from "./settings.ts";

/** Flags about the admin interface. */
export interface AdminFlags {
  readonly kubernetes?: boolean;
  readonly adminPort?: string;
  readonly adminAddress?: string;
  readonly snapshotPort?: string;
}

/** Ports to listen on, and what of them manifests are compiled with. */
export interface AdminPlace {
  readonly admin?: AdminPort;
  readonly snapshot?: AdminPort;
  readonly settings: Pick<Settings, "adminAddress">;
}

const ports = { admin: "8877", snapshot: "8005" };

/** The place; fails with one sentence. */
export function adminFrom(flags: AdminFlags, env: NodeJS.ProcessEnv): AdminPlace {
  const isPod = flags.kubernetes === true && isInCluster(env);
  const { AMBASSADOR_HEALTHCHECK_BIND_PORT: portOfEnv, AMBASSADOR_DISABLE_SNAPSHOT_SERVER: noSnapshot } = env;
  const address = addressOf(flags, env, isPod);
  const given = flags.adminPort
    ? parsePort(flags.adminPort, "--admin-port")
    : (portOfEnv || isPod) && parsePort(portOfEnv || ports.admin, "AMBASSADOR_HEALTHCHECK_BIND_PORT");
  const admin = given ? { ...address, port: given } : undefined;
  const snapshotPort = flags.snapshotPort ?? (isPod ? ports.snapshot : undefined);
  const snapshot =
    snapshotPort === undefined || noSnapshot
      ? undefined
      : { ...address, port: parsePort(snapshotPort, "--snapshot-port") };
  return {
    ...(admin && { admin }),
    ...(snapshot && { snapshot }),
    settings: admin ? { adminAddress: `${nearby(admin)}:${admin.port}` } : {},
  };
}

/** Others than this machine reach what is of all addresses. */
function addressOf(flags: AdminFlags, env: NodeJS.ProcessEnv, isPod: boolean): Omit<AdminPort, "port"> {
  const { AMBASSADOR_HEALTHCHECK_BIND_ADDRESS: ofEnv, AMBASSADOR_HEALTHCHECK_IP_FAMILY: family } = env;
  if (flags.adminAddress !== undefined) return { address: parseAddress(flags.adminAddress, "--admin-address") };
  if (!ofEnv && !family && !isPod) return { address: "127.0.0.1" };
  const address = ofEnv ? parseAddress(ofEnv, "AMBASSADOR_HEALTHCHECK_BIND_ADDRESS") : "0.0.0.0";
  const isAll = /^[0:.]+$/.test(address);
  switch (family || "ANY") {
    case "ANY":
      return isAll ? {} : { address };
    case "IPV4_ONLY":
      if (isAll || isIP(address) === 4) return { address: isAll ? "0.0.0.0" : address };
      break;
    case "IPV6_ONLY":
      if (isAll || isIP(address) === 6) return { address: isAll ? "::" : address, ipv6Only: true };
      break;
    default:
      throw new CannotRun(`AMBASSADOR_HEALTHCHECK_IP_FAMILY: "${family}" is none of ANY, IPV4_ONLY and IPV6_ONLY.`);
  }
  throw new CannotRun(`AMBASSADOR_HEALTHCHECK_BIND_ADDRESS: "${address}" is not what ${family} asks for.`);
}

function parseAddress(text: string, name: string): string {
  if (isIP(text) !== 0) return text;
  throw new CannotRun(`${name}: "${text}" is not an IP address.`);
}

/** One sentence for each variable that a flag overrules. */
export function overruledSentences(flags: AdminFlags, env: NodeJS.ProcessEnv): readonly string[] {
  const overruled = [
    ["AMBASSADOR_HEALTHCHECK_BIND_PORT", "--admin-port", flags.adminPort],
    ["AMBASSADOR_HEALTHCHECK_BIND_ADDRESS", "--admin-address", flags.adminAddress],
    ["AMBASSADOR_HEALTHCHECK_IP_FAMILY", "--admin-address", flags.adminAddress],
  ] as const;
  return overruled
    .filter(([name, , given]) => given !== undefined && env[name])
    .map(([name, flag]) => `${name} has no effect: ${flag} is given`);
}
