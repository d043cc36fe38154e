/**
 * The level of Envoy's log, which can be changed while it runs. Below `info` Envoy writes the headers of requests, with
 * all that is secret in them, so there only the parts that know no requests become talkative, and `trace` is not to be
 * had at all.
 */
import { askEnvoy } from "../envoy/admin.ts";

/** Envoy's names, most talkative first. */
export const envoyLevels = ["debug", "info", "warning", "error", "critical", "off"] as const;

/** One of them. */
export type EnvoyLevel = (typeof envoyLevels)[number];

/** The level. */
export interface EnvoyLogLevel {
  /** Undefined when Envoy does not answer. */
  current(): Promise<EnvoyLevel | undefined>;
  change(level: EnvoyLevel): Promise<void>;
}

/** Undefined for any other text. */
export function parseEnvoyLevel(text: string): EnvoyLevel | undefined {
  return envoyLevels.find((level) => level === text);
}

/** Connections, upstreams, configuration: what says nothing of requests. */
const silentAboutRequests = ["config", "conn_handler", "connection", "dns", "hc", "init", "main", "pool", "upstream"];

/** That of the Envoy behind an admin socket. */
export function envoyLogLevel(socketPath: string): EnvoyLogLevel {
  return {
    async current() {
      // An Envoy that does not answer is told of elsewhere; its level is then not known.
      const answer = await askEnvoy(socketPath, "POST", "/logging").catch(() => "");
      return parseEnvoyLevel(/^ +main: (\w+)$/m.exec(answer)?.[1] ?? "");
    },
    async change(level) {
      await askEnvoy(socketPath, "POST", `/logging?level=${level === "debug" ? "info" : level}`);
      if (level !== "debug") return;
      const paths = silentAboutRequests.map((name) => `${name}:debug`).join(",");
      await askEnvoy(socketPath, "POST", `/logging?paths=${paths}`);
    },
  };
}
