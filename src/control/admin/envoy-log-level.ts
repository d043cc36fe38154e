/** The level of Envoy's log, which can be changed while it runs. */
import { askEnvoy } from "../envoy-admin.ts";

/** Envoy's names, most talkative first. */
export const envoyLevels = ["trace", "debug", "info", "warning", "error", "critical", "off"] as const;

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

/** That of the Envoy behind an admin socket. */
export function envoyLogLevel(socketPath: string): EnvoyLogLevel {
  return {
    async current() {
      // All components have the same level, as only all can be changed here.
      const answer = await askEnvoy(socketPath, "POST", "/logging").catch(() => "");
      return parseEnvoyLevel(/^ +main: (\w+)$/m.exec(answer)?.[1] ?? "");
    },
    async change(level) {
      await askEnvoy(socketPath, "POST", `/logging?level=${level}`);
    },
  };
}
