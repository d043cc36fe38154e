/**
 * The operator's settings: from the flags of a command and from the environment, judged once and for all commands.
 */

import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { errorCode } from "#base/error-code.ts";
import { parseLabelSelector } from "#base/label-selector.ts";
import type { Settings } from "#compiler";
import { CannotRun } from "./cannot-run.ts";

/** Flags that change what manifests mean on this machine. */
export interface SettingsFlags {
  readonly port?: readonly string[];
  readonly resolve?: readonly string[];
  readonly httpsPort?: string;
  readonly fileDir?: readonly string[];
}

/** The settings that somebody has decided about. */
export type ChosenSettings = Partial<Settings>;

/** The settings that flags and environment ask for. */
export function settingsFrom(flags: SettingsFlags, env: NodeJS.ProcessEnv): ChosenSettings {
  const { AMBASSADOR_ID: id, AMBASSADOR_NAMESPACE: namespace, AMBASSADOR_ENVOY_BIND_ADDRESS: address } = env;
  const { DRAGOMAN_SERVICE: ownService } = env;
  return {
    ...(id ? { ambassadorId: id } : {}),
    ...(namespace ? { namespace } : {}),
    ...(ownService ? { ownService } : {}),
    ...(address ? { bindAddress: bindAddress(address) } : {}),
    ...scope(env),
    ...mesh(env),
    ports: Object.fromEntries((flags.port ?? []).map(parsePortFlag)),
    resolve: Object.fromEntries((flags.resolve ?? []).map(parseResolveFlag)),
    ...(flags.httpsPort === undefined ? {} : { httpsPort: parsePort(flags.httpsPort, "--https-port") }),
    expandEnv: allowedVariables(env),
    // The shell's `$_` is no variable that anybody means.
    envNames: Object.keys(env)
      .filter((name) => name !== "_")
      .sort(),
    ...(isTrue(env["AMBASSADOR_KNATIVE_SUPPORT"]) ? { knative: true as const } : {}),
    disableEndpoints: isGiven(env["AMBASSADOR_DISABLE_ENDPOINTS"]),
    looseLabelSelectors: isTrue(env["DISABLE_STRICT_LABEL_SELECTORS"]),
    ...(isTrue(env["DRAGOMAN_FALLBACK_CERT"])
      ? { fallbackCertificate: isGiven(env["AMBASSADOR_NO_TLS_REDIRECT"]) ? "route" : "redirect" }
      : {}),
    ...routeTables(env),
    ...certificates(env),
    unprivilegedPortStart: unprivilegedPortStart(),
  };
}

/** A port number, or one sentence. */
export function parsePort(text: string, flag: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65535) return port;
  throw new CannotRun(`${flag}: "${text}" is not a port number (1 to 65535).`);
}

/** A flag's seconds as ms, or one sentence. */
export function parseSeconds(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text)) return Number(text) * 1000;
  throw new CannotRun(`${flag}: "${text}" is not a number of seconds.`);
}

function parsePortFlag(text: string): readonly [string, number] {
  const [from, to, more] = text.split(":");
  if (from === undefined || to === undefined || more !== undefined) {
    throw new CannotRun(`--port: "${text}" is not of the form LISTENER:LOCAL, for example 8080:18080.`);
  }
  return [String(parsePort(from, "--port")), parsePort(to, "--port")];
}

function parseResolveFlag(text: string): readonly [string, string] {
  const [, name, port = "", address = "", to = ""] = /^([^:=]+):([^=]*)=(.*):(\d+)$/.exec(text) ?? [];
  if (name === undefined || isIP(address.replace(/^\[(.*)\]$/, "$1")) === 0) {
    throw new CannotRun(
      `--resolve: "${text}" is not of the form NAME.NAMESPACE:PORT=ADDRESS:PORT, for example echo.backend:80=127.0.0.1:9001.`,
    );
  }
  return [`${name.toLowerCase()}:${parsePort(port, "--resolve")}`, `${address}:${parsePort(to, "--resolve")}`];
}

function scope(env: NodeJS.ProcessEnv): ChosenSettings {
  const singleNamespace = isGiven(env["AMBASSADOR_SINGLE_NAMESPACE"]);
  const certsSingleNamespace = singleNamespace || isGiven(env["AMBASSADOR_CERTS_SINGLE_NAMESPACE"]);
  const text = env["AMBASSADOR_LABEL_SELECTOR"] ?? "";
  const labelSelector = parseLabelSelector(text);
  if (!labelSelector) throw new CannotRun(`AMBASSADOR_LABEL_SELECTOR: "${text}" is not a label selector.`);
  if (!certsSingleNamespace && labelSelector.length === 0) return {};
  return { scope: { singleNamespace, certsSingleNamespace, ...(labelSelector.length > 0 ? { labelSelector } : {}) } };
}

function mesh({ AMBASSADOR_ISTIO_SECRET_DIR: directory }: NodeJS.ProcessEnv): ChosenSettings {
  return directory ? { istioSecretDirectory: resolve(directory) } : {};
}

/** Nothing where it is left to the run. */
function routeTables({ DRAGOMAN_ROUTE_TABLES: text = "auto" }: NodeJS.ProcessEnv): ChosenSettings {
  if (text === "" || text === "auto") return {};
  if (text === "table" || text === "scoped" || text === "pathed") return { routeTables: text };
  throw new CannotRun(`DRAGOMAN_ROUTE_TABLES: "${text}" is none of auto, table, scoped and pathed.`);
}

/** As with route tables. */
function certificates({ DRAGOMAN_CERTIFICATES: text = "auto" }: NodeJS.ProcessEnv): ChosenSettings {
  if (text === "" || text === "auto") return {};
  if (text === "chains" || text === "by-name") return { certificates: text };
  throw new CannotRun(`DRAGOMAN_CERTIFICATES: "${text}" is none of auto, chains and by-name.`);
}

function bindAddress(text: string): string {
  if (isIP(text) !== 0) return text;
  throw new CannotRun(`AMBASSADOR_ENVOY_BIND_ADDRESS: "${text}" is not an IP address.`);
}

/** Names that the operator allows, separated by commas or white space; a manifest sees no other variable. */
function allowedVariables(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const names = `${env["DRAGOMAN_EXPAND_ENV"] ?? ""},${env["AMBASSADOR_EXPAND_ENV"] ?? ""}`.split(/[\s,]+/);
  return Object.fromEntries(
    names.flatMap((name) => (name === "" || env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/** As the old system read most of its switches: any text means yes, even "false". */
function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}

function isTrue(text: string | undefined): boolean {
  return /^(?:1|t|true|y|yes|on)$/i.test(text ?? "");
}

const portStartFile = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

function unprivilegedPortStart(): number {
  if (process.getuid?.() === 0) return 0;
  try {
    return Number(readFileSync(portStartFile, "utf8"));
  } catch (error) {
    // Not a Linux: then nobody keeps low ports from this process in a way that could be asked for.
    if (errorCode(error) !== undefined) return 0;
    throw error;
  }
}
