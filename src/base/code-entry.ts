/**
 * What the tables of diagnostic codes are made of.
 */

/** error: something asked for is not done. warning: done, but probably not what was meant. notice: worth knowing. */
export type Severity = "error" | "warning" | "notice";

/** What is known of a code. */
export interface CodeEntry {
  readonly severity: Severity;
  readonly explain: string;
}

/** An error. */
export function error(explain: string): CodeEntry {
  return { severity: "error", explain };
}

/** A warning. */
export function warning(explain: string): CodeEntry {
  return { severity: "warning", explain };
}

/** A notice. */
export function notice(explain: string): CodeEntry {
  return { severity: "notice", explain };
}
