/**
 * `.status` of a Host.
 */
import { enumOf, object, optional, string } from "../schema/index.ts";

const phase = enumOf(
  "NA",
  "DefaultsFilled",
  "ACMEUserPrivateKeyCreated",
  "ACMEUserRegistered",
  "ACMECertificateChallenge",
);

/** What is known of a Host's certificate. */
export const hostStatus = object({
  tlsCertificateSource: optional(enumOf("Unknown", "None", "Other", "ACME"), "Where the certificate comes from."),
  state: optional(enumOf("Initial", "Pending", "Ready", "Error"), "Whether the Host is served."),
  phaseCompleted: optional(phase, "Last step that was done."),
  phasePending: optional(phase, "Step that is under way."),
  errorReason: optional(string(), "What went wrong."),
  errorTimestamp: optional(string(), "When."),
  errorBackoff: optional(string(), "How long until the next try."),
});
