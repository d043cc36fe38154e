/** What the status of a Host should say of its certificate, also where nobody orders it. */
import { fieldsOf, text } from "#base/fields.ts";
import { refKey } from "#base/origin.ts";
import type { Compiler } from "#compiler";
import type { CertificateStatus } from "../../../control/certificates.ts";
import { type AcmeHost, certificateSpec, orderedName } from "../acme-host.ts";
import { decide, type Facts } from "../decide.ts";
import type { HostStatus } from "../host-status.ts";
import { type HostChoice, type HostObject, sourceOf } from "./hosts.ts";

/** `known` is what whoever looks after the certificate has said last. */
export function statusOf(
  object: HostObject,
  compiler: Compiler,
  known: HostStatus | undefined,
  choice: HostChoice & { readonly orders: boolean },
): CertificateStatus | "unknown" | undefined {
  const { ref } = object.raw;
  const admitted = compiler.declared.objects.all("Host").get(refKey(ref));
  if (!admitted) return undefined;
  const host: AcmeHost = { ...ref, created: "", spec: certificateSpec(admitted.resource.spec) };
  const source = sourceOf(host, choice);
  if (source === "ACME" && !choice.orders) return undefined;
  if (source === "ACME" && orderedName(host.spec) !== undefined) return known ? { ...known } : "unknown";
  if (source === "Other" && isThere(host, compiler)) return { tlsCertificateSource: source, state: "Ready" };
  return { ...decide({ ...nothingKnown, now: Date.now(), host, source, failure: lastError(object) }).status };
}

const nothingKnown: Pick<Facts, "accountKey" | "certificate" | "renewal" | "lookedUp"> = {
  accountKey: { kind: "missing" },
  certificate: { kind: "missing" },
  renewal: { wanted: [], chance: 0 },
  lookedUp: {},
};

function isThere({ namespace, spec: { tlsSecret } }: AcmeHost, { declared }: Compiler): boolean {
  const at = { group: "", kind: "Secret", namespace: tlsSecret?.namespace ?? namespace, name: tlsSecret?.name ?? "" };
  return declared.objects.identities.get(refKey(at)) !== undefined;
}

/** What the status says went wrong, and since when. */
function lastError({ status }: HostObject): Facts["failure"] {
  const fields = fieldsOf(status);
  const [reason, at] = [text(fields, "errorReason"), Date.parse(text(fields, "errorTimestamp") ?? "")];
  return reason === undefined || Number.isNaN(at) ? undefined : { reason, at, backOffMs: 0 };
}
