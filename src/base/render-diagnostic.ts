/**
 * Diagnostics as people and programs read them: text with an arrow line, JSON, and one line for logs.
 * Every value is bounded in length and free of control characters, so that a manifest cannot write to a terminal.
 */
import type { Diagnostic, Related, Severity } from "./diagnostic.ts";
import { formatRef, type Origin } from "./origin.ts";

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
export interface DiagnosticJson {
  readonly code: string;
  readonly severity: Severity;
  readonly object: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly field: string;
  readonly message: string;
  readonly traffic?: string;
  readonly hint?: string;
  readonly related?: readonly RelatedJson[];
}

/** Another place, in the JSON form. */
export interface RelatedJson {
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
    `${paint(severity, `${severity}[${code}]`)}${paint("bold", `: ${clean(message)}`)}`,
    `  ${paint("frame", "-->")} ${renderPlace(at, options.locate)}`,
  ];
  for (const note of [traffic, hint]) if (note !== undefined) lines.push(`  ${paint("frame", "=")} ${clean(note)}`);
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
    message: clean(message),
    ...(traffic === undefined ? {} : { traffic: clean(traffic) }),
    ...(hint === undefined ? {} : { hint: clean(hint) }),
    ...(related === undefined
      ? {}
      : {
          related: related.slice(0, maxRelated).map((r) => ({ ...placeJson(r.at, locate), message: clean(r.message) })),
        }),
  };
}

/** The form of one line, for logs: where, what, and what traffic sees. */
export function diagnosticLine(diagnostic: Diagnostic, locate?: Locate): string {
  const { code, at, message, traffic } = diagnostic;
  const effect = traffic === undefined ? "" : `; ${clean(traffic)}`;
  return `[${code}] ${renderPlace(at, locate)}: ${clean(message)}${effect}`;
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
const maxLength = 1000;

function renderRelated(other: Related, locate: Locate | undefined, paint: Paint): readonly string[] {
  return [
    `  ${paint("frame", "=")} ${clean(other.message)}`,
    `    ${paint("frame", "-->")} ${renderPlace(other.at, locate)}`,
  ];
}

/** Documents and files have no name of their own: their file says it all. */
function isPlaceOnly(origin: Origin): boolean {
  return origin.ref.group === "" && (origin.ref.kind === "Document" || origin.ref.kind === "File");
}

function renderPlace(origin: Origin, locate: Locate | undefined): string {
  const position = locate?.(origin);
  const where = position === undefined ? [] : [clean(renderPosition(origin, position))];
  const object = isPlaceOnly(origin) && position !== undefined ? [] : [clean(formatRef(origin.ref))];
  const field = origin.path === "" ? [] : [clean(origin.path)];
  return [...where, ...object, ...field].join("  ");
}

function renderPosition(origin: Origin, position: Position): string {
  return origin.ref.kind === "File" && origin.ref.group === "" ? position.file : `${position.file}:${position.line}`;
}

function placeJson(origin: Origin, locate: Locate | undefined): Omit<RelatedJson, "message"> {
  const position = locate?.(origin);
  return { object: clean(formatRef(origin.ref)), ...(position ?? {}), field: clean(origin.path) };
}

/** A text without control characters, bidirectional overrides and line ends, cut at a bound. */
export function clean(text: string): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}… (${text.length} characters)` : text;
  return short.replace(unprintable, escapeCharacter);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep away from terminals.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

type Paint = (style: keyof typeof styles, text: string) => string;

const styles = { error: "31;1", warning: "33;1", notice: "36;1", bold: "1", frame: "34" } as const;
const plain: Paint = (_style, text) => text;
const painted: Paint = (style, text) => `\u001b[${styles[style]}m${text}\u001b[0m`;
