/** Options that several commands have, described once. */
import { type Command, Option } from "commander";
import type { LogFormat, LogLevel } from "#base/log.ts";

/** The options behind `settingsFrom`. */
export function withSettings(command: Command): Command {
  return command
    .option("--port <listener:local>", "put a listener port elsewhere on this machine; repeatable", collect)
    .option("--resolve <service:port=address:port>", "give a service an address; repeatable", collect)
    .option("--https-port <port>", "the port that redirects to https name")
    .option("--file-dir <directory>", "a directory that certificate files may be read from; repeatable", collect);
}

/** Flags about the log. */
export interface LogFlags {
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

/** Their options. */
export function withLog(command: Command): Command {
  return command
    .addOption(new Option("--log-format <format>", "form of log lines").choices(["text", "json"]).default("text"))
    .addOption(
      new Option("--log-level <level>", "least serious level to log")
        .choices(["debug", "info", "warning", "error"])
        .default("info"),
    );
}

/** `--format`, one of these; the first is the default. */
export function formatOption(...choices: readonly [string, ...string[]]): Option {
  return new Option("--format <format>", "how to print it").choices(choices).default(choices[0]);
}

/** Makes an option repeatable. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** What settings come from besides flags, for help texts. */
export const environmentHelp = `
Environment:
  AMBASSADOR_ID, AMBASSADOR_NAMESPACE   who this instance is (default, default)
  AMBASSADOR_SINGLE_NAMESPACE           not empty: look at objects in its own namespace only
  AMBASSADOR_LABEL_SELECTOR             look at objects with these labels only
  AMBASSADOR_ENVOY_BIND_ADDRESS         where listeners bind (0.0.0.0)
  AMBASSADOR_DISABLE_ENDPOINTS          not empty: route to Services' cluster addresses
  DISABLE_STRICT_LABEL_SELECTORS        true: one matching label suffices
  DRAGOMAN_FILE_DIRS                    directories that certificate files may be read from, separated by colons
  DRAGOMAN_EXPAND_ENV                   names that manifests may use as $NAME, separated by commas`;
