/**
 * Diagnostics are values: a stage returns them beside its result, and everything that shows problems to people
 * (command line, status, web page, events) renders the same collection.
 */
import { type DiagnosticCode, diagnosticCodes, type Severity } from "./diagnostic-codes.ts";
import type { Origin } from "./origin.ts";

export type { DiagnosticCode, Severity };

/** Another place that has to do with a problem, such as the object that claimed a name first. */
export interface Related {
  readonly at: Origin;
  readonly message: string;
}

/** One problem or notice about one field of one object. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly at: Origin;
  /** What is wrong, in the user's words, and without any secret. */
  readonly message: string;
  /** What requests will see because of it. */
  readonly traffic?: string;
  /** What to do. */
  readonly hint?: string;
  readonly related?: readonly Related[];
}

/** A value that may be absent because of the diagnostics beside it. */
export interface Checked<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** What may be said of a problem beyond its message. */
export interface DiagnosticDetail {
  readonly traffic?: string;
  readonly hint?: string;
  readonly related?: readonly Related[];
}

/** Makes a diagnostic; its severity is the one that the table of codes gives. */
export function diagnose(code: DiagnosticCode, at: Origin, message: string, detail: DiagnosticDetail = {}): Diagnostic {
  return { code, severity: diagnosticCodes[code].severity, at, message, ...detail };
}

/** A result without problems, or with some that did not prevent it. */
export function ok<T>(value: T, diagnostics: readonly Diagnostic[] = []): Checked<T> {
  return { value, diagnostics };
}

/** No result, and why. */
export function fail<T>(...diagnostics: readonly Diagnostic[]): Checked<T> {
  return { diagnostics };
}

/** Whether any of them is an error. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}
