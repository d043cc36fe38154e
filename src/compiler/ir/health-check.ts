/** Active health checks of an upstream's endpoints. */
import type { HeaderValue } from "./headers.ts";

/** How an endpoint is asked. Without `host`, the upstream's own name is the authority. */
export type HealthProbe =
  | {
      readonly kind: "http";
      readonly path: string;
      readonly host?: string;
      readonly add: readonly HeaderValue[];
      readonly remove: readonly string[];
      /** Good statuses, both ends included; none: 200. */
      readonly expected: readonly { readonly min: number; readonly max: number }[];
    }
  | { readonly kind: "grpc"; readonly service: string; readonly host?: string };

/** A health check. */
export interface HealthCheck {
  readonly probe: HealthProbe;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}
