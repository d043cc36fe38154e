/**
 * Every diagnostic code with its severity and a one-line explanation.
 * The reference page is generated from this table, and a code without an entry does not type-check.
 * Codes are `feature/problem`; keep them sorted by feature.
 */

/** error: something asked for is not done. warning: done, but probably not what was meant. notice: worth knowing. */
export type Severity = "error" | "warning" | "notice";

interface CodeEntry {
  readonly severity: Severity;
  readonly explain: string;
}

function error(explain: string): CodeEntry {
  return { severity: "error", explain };
}

function warning(explain: string): CodeEntry {
  return { severity: "warning", explain };
}

function notice(explain: string): CodeEntry {
  return { severity: "notice", explain };
}

/** The table of all codes. */
export const diagnosticCodes = {
  // internal
  "internal/bug": error("A step of the compiler failed on this object; its previous output is kept."),
  "internal/duplicate-key": error("Two objects produced the same internal key; the first one is used."),
} as const satisfies Readonly<Record<string, CodeEntry>>;

void error;
void warning;
void notice;

/** The name of a kind of problem. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
