/**
 * The product's log: one line per event on standard error, as text for people or as JSON.
 * Fields are plain values by type, so that no object body can be logged, and every string is redacted.
 */
import { pino } from "pino";
import { printable } from "./printable.ts";
import { redact } from "./redact.ts";

/** How serious an event is; a log writes those that are at least as serious as its own level. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** `--log-format`. */
export type LogFormat = "text" | "json";

/** What an event is about. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes an event to the log of one source. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** How a log is set up. */
export interface LogOptions {
  /** Who speaks: `keeper`, `control`, `xds`, `envoy`, … */
  readonly source: string;
  /** `info` when absent. */
  readonly level?: LogLevel;
  /** `text` when absent. */
  readonly format?: LogFormat;
  /** Takes whole lines; standard error when absent. */
  readonly write?: (line: string) => void;
}

/** Opens the log of one source. */
export function openLog(options: LogOptions): Log {
  const { source, level = "info", format = "text", write = writeStandardError } = options;
  const settings = {
    level,
    base: { source },
    customLevels: levels,
    useOnlyCustomLevels: true as const,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "message",
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const logger = pino(settings, { write: format === "json" ? write : (line: string) => write(textLine(line)) });
  return (at, message, fields = {}) => {
    if (logger.isLevelEnabled(at)) logger[at](safeFields(fields), safeText(message));
  };
}

/** An error as fields: its message, and where it happened. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) };
  const frames = error.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  const stack = frames.slice(0, maxFrames).map((line) => line.trim());
  return { error: error.message, stack: stack.length === 0 ? undefined : stack.join(" < ") };
}

const levels = { debug: 20, info: 30, warning: 40, error: 50 } as const;
const maxFrames = 6;
const maxValueLength = 8000;

let standardError: ReturnType<typeof pino.destination> | undefined;

function writeStandardError(line: string): void {
  if (standardError === undefined) {
    standardError = pino.destination({ fd: 2, sync: true });
    // Standard error may be a pipe that nobody reads any more: then there is nobody to tell, and no reason to die.
    standardError.on("error", () => undefined);
  }
  standardError.write(line);
}

function safeText(text: string): string {
  return printable(redact(text), maxValueLength);
}

function safeFields(fields: LogFields): Readonly<Record<string, string | number | boolean>> {
  const safe: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    safe[reserved.has(name) ? `${name}_` : name] = typeof value === "string" ? safeText(value) : scalar(value);
  }
  return safe;
}

/** The type says so already; a value that came through a cast is not written for all that. */
function scalar(value: unknown): number | boolean | string {
  return typeof value === "number" || typeof value === "boolean" ? value : "[not logged]";
}

const reserved: ReadonlySet<string> = new Set(["level", "time", "source", "message"]);

/** `2026-01-31T12:00:00.000Z info     control  message  field=value` */
function textLine(json: string): string {
  const { time, level, source, message, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${quoteIfNeeded(String(value))}`);
  return `${[`${time} ${String(level).padEnd(7)}`, source, message, ...rest].join("  ")}\n`;
}

function quoteIfNeeded(text: string): string {
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
