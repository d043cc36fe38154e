/**
 * Which diagnostics tell of a difference from the system that a configuration was written for, and from which of its
 * generations. `dragoman lint --against` and a reference page are made from this table; every `compat/` code is in it.
 */
import type { DiagnosticCode } from "./diagnostic-codes.ts";

/** The generations that a configuration may come from, oldest first. */
export const generations = ["1.x", "2.x", "3.x", "4.x"] as const;

/** One of them; 0.x counts as 1.x. */
export type Generation = (typeof generations)[number];

/** What a diagnostic tells somebody who comes from one of these generations. */
export interface Deviation {
  readonly from: readonly Generation[];
  /** What happened there, where the code's own explanation does not say it. */
  readonly was?: string;
}

type CompatCode = Extract<DiagnosticCode, `compat/${string}`>;
type Table = Readonly<Record<CompatCode, Deviation> & Partial<Record<DiagnosticCode, Deviation>>>;

const hostGone =
  "The Host was dropped with its cleartext side; without any Host left, one for all names took its place.";
const all: Deviation = { from: generations };

/** The table, by code. */
export const deviations: Table = {
  "compat/context-settings": all,
  "compat/cors-origins": { from: ["2.x", "3.x", "4.x"] },
  "compat/dotted-names": { from: ["2.x", "3.x", "4.x"] },
  "compat/error-responses": { from: ["4.x"] },
  "compat/false-is-off": all,
  "compat/forwarded-proto": { from: ["2.x", "3.x", "4.x"] },
  "compat/host-files": all,
  "compat/host-policies": { from: ["1.x"] },
  "compat/http3-port": { from: ["3.x", "4.x"] },
  "compat/idle-time": all,
  "compat/ingress-paths": all,
  "compat/ip-allow-nobody": all,
  "compat/knative-tls": all,
  "compat/label-key": { from: ["2.x", "3.x"] },
  "compat/listeners-in-force": { from: ["1.x"] },
  "compat/one-auth-service": all,
  "compat/outlier-detection": { from: ["2.x", "3.x", "4.x"] },
  "compat/own-cluster": all,
  "compat/own-namespace": all,
  "compat/path-kinds": all,
  "compat/proxy-first": { from: ["2.x", "3.x", "4.x"] },
  "compat/redirect-conditions": all,
  "compat/tcp-settings": all,
  "compat/tcp-weights": all,
  "compat/usual-authority": all,

  "auth-service/closed": { from: generations, was: "Clients got 500, and only the probes were served." },
  "host/other-secret": { from: generations, was: hostGone },
  "host/tls-and-context": { from: generations, was: hostGone },
  "ingress/cluster-local": { from: generations, was: "The rule was served to everybody." },
  "listener/conflict": { from: generations, was: "The whole configuration was refused, and the one before stayed." },
  "mapping/invalid-regex": {
    from: generations,
    was: "The whole configuration was refused, and the one before stayed.",
  },
  "mapping/lone-weight": { from: ["1.x"], was: "The rest of the requests fell through to broader Mappings." },
  "mapping/weights-over-100": {
    from: generations,
    was: "All weights were kept as they were, and shares were arbitrary.",
  },
  "module/service-hidden": { from: ["1.x"], was: "AuthServices and the Module's service were asked in turn." },
  "module/header-case": { from: ["1.x", "2.x", "3.x"], was: "A changed Envoy spelled them so." },
  "object/literal-variable": { from: generations, was: "Every variable of the environment was put in." },
  "rate-limit-service/second": { from: generations, was: "None of them was asked." },
  "resolver/dotted-name": { from: generations, was: "The Mapping was dropped, and broader ones took its requests." },
  "resolver/not-asked": { from: generations, was: "Nothing at all was served before Consul had answered." },
  "service/invalid": { from: generations, was: "A port that is none was taken for 80 or 443." },
  "tls/unknown-context": { from: generations, was: "Unless the service said https://, it was spoken to in cleartext." },
  "tls/unusable-secret": { from: generations, was: hostGone },
  "tracing-service/second": { from: generations, was: "None of them was told." },
};

/** Whether a diagnostic tells of a difference from a generation. */
export function deviatesFrom(generation: Generation, code: DiagnosticCode): boolean {
  return deviations[code]?.from.includes(generation) ?? false;
}
