/** LOWER of `retry_policy`, of a Mapping or of the Module. */
import { durationMs } from "#base/duration.ts";
import type { MappingSpec } from "../../api/index.ts";
import type { RetryPolicy } from "../../ir/route.ts";

/** A retry policy. */
export function lowerRetryPolicy(given: NonNullable<MappingSpec["retry_policy"]>): RetryPolicy {
  const { retry_on: on, num_retries: retries, per_try_timeout: timeout } = given;
  const perTryTimeoutMs = timeout === undefined ? undefined : durationMs(timeout);
  return {
    on,
    ...(retries === undefined ? {} : { retries }),
    ...(perTryTimeoutMs === undefined ? {} : { perTryTimeoutMs }),
  };
}
