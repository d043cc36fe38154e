/**
 * Diagnostics as people and programs read them: text with an arrow line, JSON, and one line for logs.
 * Every value is bounded in length and free of control characters, so that a manifest cannot write to a terminal.
 */
import type { Diagnostic, Related, Severity } from "./diagnostic.ts";
import { formatRef, type Origin } from "./origin.ts";
import { printable } from "./printable.ts";

/** A place in a file; lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds where an origin stands; undefined where it was not read from a file. */
export type Locate = (origin: Origin) => Position | undefined;

/** How the text form is rendered. */
export interface RenderOptions {
  readonly locate?: Locate | undefined;
  readonly colors?: boolean;
}

/** The JSON form: `dragoman lint --format json` prints one of these per diagnostic. */
export interface DiagnosticJson extends MessageJson {
  readonly code: string;
  readonly severity: Severity;
  readonly traffic?: string;
  readonly hint?: string;
  readonly related?: readonly MessageJson[];
}

/** What is said of a place, in the JSON form. */
interface MessageJson {
  readonly object: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly field: string;
  readonly message: string;
}

/** The text form, of several lines, without a trailing newline. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { code, severity, at, message, traffic, hint, related = [] } = diagnostic;
  const paint = options.colors ? painted : plain;
  const lines = [
    `${paint(severity, `${severity}[${code}]`)}${paint("bold", `: ${printable(message)}`)}`,
    `  ${paint("frame", "-->")} ${renderPlace(at, options.locate)}`,
  ];
  for (const note of [traffic, hint]) if (note !== undefined) lines.push(`  ${paint("frame", "=")} ${printable(note)}`);
  for (const other of related.slice(0, maxRelated)) lines.push(...renderRelated(other, options.locate, paint));
  if (related.length > maxRelated) lines.push(`  ${paint("frame", "=")} and ${related.length - maxRelated} more`);
  return lines.join("\n");
}

/** The JSON form. */
export function diagnosticJson(diagnostic: Diagnostic, locate?: Locate): DiagnosticJson {
  const { code, severity, at, message, traffic, hint, related } = diagnostic;
  return {
    code,
    severity,
    ...placeJson(at, locate),
    message: printable(message),
    ...(traffic === undefined ? {} : { traffic: printable(traffic) }),
    ...(hint === undefined ? {} : { hint: printable(hint) }),
    ...(related === undefined
      ? {}
      : {
          related: related
            .slice(0, maxRelated)
            .map((r) => ({ ...placeJson(r.at, locate), message: printable(r.message) })),
        }),
  };
}

/** The form of one line, for logs: where, what, and what traffic sees. */
export function diagnosticLine(diagnostic: Diagnostic, locate?: Locate): string {
  const { code, at, message, traffic } = diagnostic;
  const effect = traffic === undefined ? "" : `; ${printable(traffic)}`;
  return `[${code}] ${renderPlace(at, locate)}: ${printable(message)}${effect}`;
}

/** Worst first, then by object and field: the order in which people read them. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  const byText = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  return (
    rank[a.severity] - rank[b.severity] ||
    byText(formatRef(a.at.ref), formatRef(b.at.ref)) ||
    byText(a.at.path, b.at.path) ||
    byText(a.code, b.code) ||
    byText(a.message, b.message)
  );
}

/** `2 errors, 1 warning`, or `no problems`. */
export function summarizeDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity): string[] => {
    const n = diagnostics.filter((d) => d.severity === severity).length;
    return n === 0 ? [] : [`${n} ${severity}${n === 1 ? "" : "s"}`];
  };
  const parts = [...count("error"), ...count("warning"), ...count("notice")];
  return parts.length === 0 ? "no problems" : parts.join(", ");
}

const rank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };
const maxRelated = 10;

function renderRelated(other: Related, locate: Locate | undefined, paint: Paint): readonly string[] {
  return [
    `  ${paint("frame", "=")} ${printable(other.message)}`,
    `    ${paint("frame", "-->")} ${renderPlace(other.at, locate)}`,
  ];
}

/** Documents and files have no name of their own: their file says it all. */
function isPlaceOnly(origin: Origin): boolean {
  return origin.ref.group === "" && (origin.ref.kind === "Document" || origin.ref.kind === "File");
}

function renderPlace(origin: Origin, locate: Locate | undefined): string {
  const position = locate?.(origin);
  const where = position === undefined ? [] : [printable(renderPosition(origin, position))];
  const object = isPlaceOnly(origin) && position !== undefined ? [] : [printable(formatRef(origin.ref))];
  const field = origin.path === "" ? [] : [printable(origin.path)];
  return [...where, ...object, ...field].join("  ");
}

function renderPosition(origin: Origin, position: Position): string {
  return origin.ref.kind === "File" && origin.ref.group === "" ? position.file : `${position.file}:${position.line}`;
}

function placeJson(origin: Origin, locate: Locate | undefined): Omit<MessageJson, "message"> {
  const position = locate?.(origin);
  return { object: printable(formatRef(origin.ref)), ...(position ?? {}), field: printable(origin.path) };
}

type Paint = (style: keyof typeof styles, text: string) => string;

const styles = { error: "31;1", warning: "33;1", notice: "36;1", bold: "1", frame: "34" } as const;
const plain: Paint = (_style, text) => text;
const painted: Paint = (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`;
