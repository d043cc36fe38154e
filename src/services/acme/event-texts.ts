/** What a Host's Events say, in the words in which Edge Stack said it. */
import type { Bundle } from "./bundle.ts";

/** One of a Host's Events. */
export interface HostEvent {
  readonly type: "Normal" | "Warning";
  readonly reason: "Pending" | "Ready" | "Error";
  readonly message: string;
}

const pending = (message: string): HostEvent => ({ type: "Normal", reason: "Pending", message });

/** Texts of the steps. */
export const eventTexts = {
  waitingForDefaults: pending("waiting for Host DefaultsFilled change to be reflected in snapshot"),
  creatingKey: pending("creating private key Secret"),
  waitingForKey: pending("waiting for private key Secret creation to be reflected in snapshot"),
  waitingForStatus: pending("waiting for Host status change to be reflected in snapshot"),
  registering: pending("registering ACME account"),
  registered: pending("ACME account registered"),
  waitingForRegistration: pending("waiting for Host ACME account registration change to be reflected in snapshot"),
  needsUpdate: (bundle: Bundle, because: string) => pending(`${title(bundle)}: needs updated: ${because}`),
  performing: (bundle: Bundle) => pending(`performing ACME challenge for ${title(bundle)}...`),
  ready: { type: "Normal", reason: "Ready", message: "Host with ACME-provisioned TLS certificate marked Ready" },
  failed: (message: string): HostEvent => ({ type: "Warning", reason: "Error", message }),
} as const satisfies Record<string, HostEvent | ((...given: never[]) => HostEvent)>;

/** What went wrong while a certificate was obtained, as it stands in the status and in the Event. */
export function obtainingFailed(bundle: Bundle, error: string): string {
  return `obtaining ${title(bundle)}: ${error}`;
}

function title({ secret, names }: Bundle): string {
  return `tlsSecret ${JSON.stringify(secret.name)}.${JSON.stringify(secret.namespace)} (hostnames=${JSON.stringify(names)})`;
}
