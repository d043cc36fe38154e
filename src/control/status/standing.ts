/** What a status is made from: how things stand with an object and around it. And what it is: fields to be written. */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { CertificateStatus } from "../certificates.ts";
import type { OwnService } from "../sources/kubernetes/own-service.ts";

/** What is known of an object. */
export interface Standing {
  /** Errors on it, in the order of the report. */
  readonly errors: readonly Diagnostic[];
  /** Whether it is this instance's and takes part. */
  readonly isOurs: boolean;
  /** Of a Host: what is known of its certificate, where somebody looks after that. */
  readonly certificate?: CertificateStatus | "unknown" | undefined;
  /** Replicas of which it has been known for long that they have not acknowledged it. */
  readonly behind?: readonly string[];
}

/** What is known beside objects. */
export interface StatusContext {
  /** ISO time of this report. */
  readonly now: string;
  /** AMBASSADOR_UPDATE_MAPPING_STATUS: say of Mappings that all is well, too. */
  readonly updateMappings: boolean;
  /** The gateway's own, where it is known. */
  readonly service: OwnService | undefined;
}

/** Fields of `.status` as they should be; `null` is one that should not be there. */
export type DesiredStatus = Readonly<Record<string, unknown>>;
