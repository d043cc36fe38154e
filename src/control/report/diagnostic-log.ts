/**
 * REPORT to the log: each diagnostic once, when it appears, and how many have been solved.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Log, LogFields, LogFormat, LogLevel } from "#base/log.ts";
import { formatOrigin } from "#base/origin.ts";
import { diagnosticJson, diagnosticLine, type Locate } from "#base/render-diagnostic.ts";

const levels = { error: "error", warning: "warning", notice: "info" } as const satisfies Record<string, LogLevel>;
const mostAtOnce = 100;

/** Gives a function that is told all diagnostics whenever some have changed. */
export function createDiagnosticLog(log: Log, format: LogFormat): (all: readonly Diagnostic[], locate: Locate) => void {
  let known = new Set<string>();
  return (all, locate) => {
    const current = new Map(all.map((one) => [`${one.code} ${formatOrigin(one.at)} ${one.message}`, one]));
    const fresh = [...current].flatMap(([key, one]) => (known.has(key) ? [] : [one]));
    const solved = [...known].filter((key) => !current.has(key)).length;
    known = new Set(current.keys());
    for (const one of fresh.slice(0, mostAtOnce)) {
      if (format === "json") log(levels[one.severity], one.message, fieldsOf(one, locate));
      else log(levels[one.severity], diagnosticLine(one, locate));
    }
    if (fresh.length > mostAtOnce) log("warning", `and ${fresh.length - mostAtOnce} more problems; see dragoman lint`);
    if (solved > 0) log("info", solved === 1 ? "1 problem is solved" : `${solved} problems are solved`);
  };
}

function fieldsOf(diagnostic: Diagnostic, locate: Locate): LogFields {
  const { code, object, field, file, line, traffic, hint } = diagnosticJson(diagnostic, locate);
  return { code, object, field, file, line, traffic, hint };
}
