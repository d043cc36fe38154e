/**
 * `.status` of a Host as `kubectl get hosts` has always shown it, and how its parts are made and read again: what one
 * process wrote is all that the next one knows of an attempt that failed.
 */
import { durationMs, goDuration } from "#base/duration.ts";

/** The steps, each of which is completed before the next is pending. */
export type Phase =
  | "NA"
  | "DefaultsFilled"
  | "ACMEUserPrivateKeyCreated"
  | "ACMEUserRegistered"
  | "ACMECertificateChallenge";

/** A Host's status; fields that are absent are to be taken away. */
export interface HostStatus {
  readonly tlsCertificateSource: "Unknown" | "None" | "Other" | "ACME";
  readonly state: "Initial" | "Pending" | "Ready" | "Error";
  readonly phaseCompleted?: Phase;
  readonly phasePending?: Phase;
  readonly errorReason?: string;
  /** RFC 3339. */
  readonly errorTimestamp?: string;
  /** As Go writes durations. */
  readonly errorBackoff?: string;
}

/** An attempt that failed. */
export interface Failure {
  readonly reason: string;
  /** Ms since 1970. */
  readonly at: number;
  /** How long nothing is tried again. */
  readonly backOffMs: number;
}

const longestReason = 4096;

/** The status fields of a failure. */
export function failureFields({ reason, at, backOffMs }: Failure): Partial<HostStatus> {
  return {
    errorReason: reason.length > longestReason ? `${reason.slice(0, longestReason - 1)}…` : reason,
    errorTimestamp: new Date(at).toISOString().replace(/\.\d+Z$/, "Z"),
    errorBackoff: goDuration(backOffMs),
  };
}

/** The failure that a status tells of; undefined where it tells of none. */
export function readFailure(status: Readonly<Partial<Record<keyof HostStatus, unknown>>>): Failure | undefined {
  const { state, errorReason, errorTimestamp, errorBackoff } = status;
  if (state !== "Error" || typeof errorReason !== "string") return undefined;
  const at = Date.parse(String(errorTimestamp));
  const backOffMs = durationMs(String(errorBackoff));
  return Number.isNaN(at) || backOffMs === undefined ? undefined : { reason: errorReason, at, backOffMs };
}
