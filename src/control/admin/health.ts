/**
 * Liveness and readiness under the names that probes of the old system use, and the metrics. None of it waits for the
 * compiler.
 */
import type { Timed, Timings } from "../report/timings.ts";
import type { EnvoyLife } from "./envoy-life.ts";
import type { EnvoyMetrics } from "./envoy-metrics.ts";
import { type Figures, ownMetrics } from "./metrics.ts";
import { prometheusType } from "./prometheus.ts";
import type { AdminAnswer, AdminEndpoint } from "./server.ts";

/** What health is judged by. */
export interface Health {
  readonly envoy: EnvoyLife;
  readonly timings: Timings;
  /** Envoy has acknowledged everything that there was at the start. */
  hasServed(): boolean;
}

/** Liveness and readiness. */
export function healthEndpoints({ envoy, timings, hasServed }: Health): Readonly<Record<string, AdminEndpoint>> {
  const alive = async (): Promise<AdminAnswer> =>
    (await envoy.isLost()) ? unavailable("Envoy has not answered for a minute") : { body: "alive\n" };
  const ready = async (): Promise<AdminAnswer> => {
    if (!hasServed()) return unavailable("Envoy has not acknowledged its first configuration");
    return (await envoy.isReady()) ? { body: "ready\n" } : unavailable("Envoy does not serve, or is being shut down");
  };
  return {
    "/healthz": timed("check_alive", alive),
    "/ambassador/v0/check_alive": timed("check_alive", alive),
    "/ambassador/v0/check_ready": timed("check_ready", ready),
  };

  function timed(name: Timed, answer: () => Promise<AdminAnswer>): AdminEndpoint {
    return async () => {
      const start = performance.now();
      const result = await answer();
      timings.note(name, performance.now() - start);
      return result;
    };
  }
}

function unavailable(why: string): AdminAnswer {
  return { status: 503, body: `${why}\n` };
}

/** Our figures and Envoy's on one page. */
export function metricsEndpoint(figures: Figures, envoyMetrics: EnvoyMetrics): Readonly<Record<string, AdminEndpoint>> {
  return {
    "/metrics": async () => {
      const [own, envoys] = await Promise.all([ownMetrics(figures), envoyMetrics()]);
      return { body: own + envoys, type: prometheusType };
    },
  };
}
