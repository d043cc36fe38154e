/** Rules for `health_checks` that no field's schema can tell: what Envoy would refuse is told at its field. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { durationMs } from "#base/duration.ts";
import { child, type Origin } from "#base/origin.ts";
import type { AdmissionRule, Static } from "../schema/index.ts";
import type { healthChecks } from "./cluster-settings.ts";
import { headerNameProblem, headerValueProblem, headTextProblem } from "./header-rules.ts";

type HealthCheckFields = Static<typeof healthChecks>[number];
type Http = NonNullable<HealthCheckFields["health_check"]["http"]>;
type Steps = readonly (string | number)[];
type Problem = readonly [steps: Steps, why: string | undefined];

/** The settings that the rules look at. */
export interface CheckedSettings {
  readonly health_checks?: readonly HealthCheckFields[];
  readonly grpc?: boolean;
}

/** Probes by gRPC, as a rule for the API server. */
export const healthCheckRule: AdmissionRule = {
  cel: "!has(self.health_checks) || (has(self.grpc) && self.grpc) || !self.health_checks.exists(one, has(one.health_check) && has(one.health_check.grpc))",
  message: "health_check.grpc needs grpc: true, so that the service speaks HTTP/2",
  hubOnly: true,
};

/** What is wrong, or worth knowing, with the health checks of a Mapping. `at` is its spec. */
export function healthCheckProblems(
  { health_checks: checks, grpc = false }: CheckedSettings,
  at: Origin,
  traffic: string,
): readonly Diagnostic[] {
  if (!checks) return [];
  const problems = checks.flatMap((check, index) =>
    problemsOf(check, grpc).map(([steps, why]): Problem => [[index, ...steps], why]),
  );
  return problems.flatMap(([steps, why]) => {
    const where = child(at, "health_checks", ...steps);
    return why === undefined ? [] : [diagnose("mapping/invalid-value", where, `${where.path}: ${why}`, { traffic })];
  });
}

function problemsOf({ health_check: { http, grpc }, timeout, interval }: HealthCheckFields, http2: boolean): Problem[] {
  return [
    [["timeout"], timeProblem(timeout)],
    [["interval"], timeProblem(interval)],
    ...(http ? httpProblems(http) : []),
    ...(grpc && !http2
      ? [[["health_check", "grpc"], "needs grpc: true, so that the service speaks HTTP/2"] as const]
      : []),
    ...(grpc ? [[["health_check", "grpc", "authority"], headTextProblem(grpc.authority ?? "")] as const] : []),
  ];
}

function timeProblem(text: string | undefined): string | undefined {
  return text !== undefined && durationMs(text) === 0 ? "must be more than 0" : undefined;
}

function httpProblems({ path, hostname = "", ...more }: Http): Problem[] {
  const at = (...steps: Steps): Steps => ["health_check", "http", ...steps];
  const {
    add_request_headers: added = {},
    remove_request_headers: removed = [],
    expected_statuses: expected = [],
  } = more;
  return [
    [at("path"), path === "" ? "is empty" : headTextProblem(path)],
    [at("hostname"), headTextProblem(hostname)],
    ...Object.entries(added).map(([name, { value = "" }]): Problem => {
      return [at("add_request_headers", name), headerNameProblem(name) ?? headerValueProblem(value)];
    }),
    ...removed.map((name, index): Problem => [at("remove_request_headers", index), headerNameProblem(name)]),
    ...expected.map(({ min, max }, index): Problem => {
      return [at("expected_statuses", index), min > max ? `no status is from ${min} to ${max}` : undefined];
    }),
  ];
}
