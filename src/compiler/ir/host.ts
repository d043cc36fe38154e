/** Hosts: the names that are served, with which certificate, and what happens to insecure requests. */
import type { Origin } from "#base/origin.ts";
import type { TlsVersion } from "./cluster.ts";
import type { SecretUse } from "./secret.ts";

/** What happens to a request that did not come in securely. */
export type InsecureAction = "redirect" | "reject" | "route";

/** TLS towards clients, apart from the certificate: hosts with equal settings form a class. */
export interface TlsPolicy {
  readonly alpn?: readonly string[];
  readonly minVersion?: TlsVersion;
  readonly maxVersion?: TlsVersion;
  readonly cipherSuites?: readonly string[];
  readonly ecdhCurves?: readonly string[];
  /** What client certificates are checked against. */
  readonly validation?: SecretUse;
  readonly requireClientCertificate: boolean;
}

/** How a host terminates TLS. */
export interface HostTls {
  readonly certificate: SecretUse;
  readonly policy: TlsPolicy;
  /** The TLSContext that the settings come from, for messages. */
  readonly context?: string;
}

/** Labels that an object must carry. */
export type LabelSelector = Readonly<Record<string, string>>;

/** A host as a frontend declares it. */
export interface HostDecl {
  readonly key: string;
  readonly origin: Origin;
  readonly created: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Host name pattern, lower case, without port. */
  readonly glob: string;
  /** Port that was written behind the name. */
  readonly port?: number;
  /** Routes it takes by label. */
  readonly selector?: LabelSelector;
  readonly insecure: InsecureAction;
  /** Cleartext port of the time before Listeners; -1 switches it off. */
  readonly additionalPort?: number;
  readonly tls?: HostTls;
  /** TLS was asked for but cannot be served: nothing of it is shown to secure requests under another host's TLS. */
  readonly tlsBroken?: true;
  /** It stands for its name only while no Host that a user wrote claims it. */
  readonly yields?: true;
}

/** Whether `labels` satisfy `selector`; `loose` asks for one matching label only. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>, loose = false): boolean {
  const wanted = Object.entries(selector);
  const hit = ([name, value]: readonly [string, string]) => labels[name] === value;
  return loose && wanted.length > 0 ? wanted.some(hit) : wanted.every(hit);
}
