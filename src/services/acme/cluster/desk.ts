/**
 * The desk of a cluster: defaults and registrations stand in the spec of a Host, accounts and certificates in Secrets,
 * the last failure in the status, and what is done is told by Events. Whatever it keeps, another replica finds.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type Fields, fieldsOf } from "#base/fields.ts";
import { errorFields, type Log } from "#base/log.ts";
import { type ResourceRef, refKey } from "#base/origin.ts";
import { recordEvent } from "../../../control/kube/event.ts";
import { ApiFailure } from "../../../control/kube/failure.ts";
import { isOutside } from "../../../control/kube/outside.ts";
import { objectPath } from "../../../control/kube/resource.ts";
import type { AcmeHost, SecretName } from "../acme-host.ts";
import type { Bundle } from "../bundle.ts";
import { type Desk, DeskAway, type Stored } from "../desk.ts";
import type { HostEvent } from "../event-texts.ts";
import { type HostStatus, readFailure } from "../host-status.ts";
import type { Issued } from "../order.ts";
import { type Attempts, certificateOf, lastAttempt, noteAttempt } from "./attempts.ts";
import { accountOf, type HostObject, secretVersion } from "./hosts.ts";
import { keep } from "./keeping.ts";
import { beginOrder, type RecordTools } from "./order-desk.ts";
import type { Owner } from "./secret-copies.ts";
import { openSecrets, type Secrets } from "./secrets.ts";

/** What the desk is about. */
export interface ClusterDeskOptions extends Omit<RecordTools, "refOf"> {
  /** Who tells Events. */
  readonly component: string;
  /** Statuses as they should be, by `refKey` of the Host: written here, read by whoever reports. */
  readonly statuses: Map<string, HostStatus>;
  readonly log: Log;
}

const writeAgainMs = 1000;

/** A Host's reference. */
export const hostRef = ({ namespace, name }: Pick<AcmeHost, "namespace" | "name">): ResourceRef => ({
  group: "getambassador.io",
  kind: "Host",
  namespace,
  name,
});

/** What the desk works with. */
interface ClusterDesk {
  readonly options: ClusterDeskOptions;
  readonly secrets: Secrets;
  readonly attempts: Attempts;
}

/** Opens it for as long as this replica leads. */
export function openClusterDesk(options: ClusterDeskOptions): Desk {
  const { cluster, signal } = options;
  const watched = (secret: SecretName): string | undefined => secretVersion(cluster.objects(), secret);
  const secrets = openSecrets(cluster.client, watched, signal);
  const attempts: Attempts = new Map();
  const desk: ClusterDesk = { options, secrets, attempts };
  const tell = teller(options);
  return {
    read: (bundle) => read(desk, bundle),
    fillDefaults: (host, { acmeProvider, tlsSecret }) =>
      patchSpec(options, host, {
        acmeProvider: {
          authority: acmeProvider?.authority,
          privateKeySecret: { name: acmeProvider?.privateKeySecret?.name },
        },
        tlsSecret: { name: tlsSecret?.name },
      }),
    async createKey(host, key) {
      await secrets.createAccount(accountOf(host), key, ownerFrom(objectOf(options, host)));
      return "readable";
    },
    joinAccount: async (host) => secrets.shareAccount(accountOf(host), ownerFrom(objectOf(options, host))),
    keepRegistration: (host, registration) =>
      patchSpec(options, host, { acmeProvider: { registration: registration ?? null } }),
    beginOrder: (bundle) =>
      beginOrder(certificateOf(bundle), { ...options, refOf: (hostname) => refIn(bundle, hostname) }),
    async keepCertificate(bundle, issued) {
      while (!(await isWritten(desk, bundle, issued))) await pause(writeAgainMs, undefined, { signal });
      noteAttempt(attempts, bundle, {});
    },
    keepFailure: async (bundle, failure, attempt) => noteAttempt(attempts, bundle, { failure, attempt }),
    report: async (bundle, status) => report(desk, bundle, status),
    async tell(bundle, event) {
      for (const object of objectsOf(options, bundle)) await tell(object, event);
    },
    keepOnly(certificates) {
      for (const certificate of attempts.keys()) if (!certificates.has(certificate)) attempts.delete(certificate);
    },
  };
}

async function read({ options, secrets, attempts }: ClusterDesk, bundle: Bundle): Promise<Stored> {
  const [host] = bundle.hosts;
  const [account, certificate] = await Promise.all([
    host && secrets.readAccount(accountOf(host)),
    secrets.readCertificate(bundle.secret),
  ]);
  const registration = host?.spec.acmeProvider?.registration;
  return {
    ...(account ? { account: { ...account, ...(registration ? { registration } : {}) } } : {}),
    ...(certificate ? { certificate } : {}),
    ...(lastAttempt(attempts, bundle) ?? toldOf(options, host)),
  };
}

/** The failure that a Host's status tells of: another process's. */
function toldOf(options: ClusterDeskOptions, host: AcmeHost | undefined): Pick<Stored, "failure"> {
  const status = fieldsOf(host && findObject(options, host)?.status);
  const failure = status["tlsCertificateSource"] === "ACME" ? readFailure(status) : undefined;
  return failure ? { failure } : {};
}

async function patchSpec(options: ClusterDeskOptions, host: AcmeHost, spec: Fields): Promise<"announced"> {
  const { cluster, signal } = options;
  const object = objectOf(options, host);
  // In the version that it was written in, so that its other fields keep their meaning.
  const resource = { ...object.resource, version: object.raw.version };
  await keep(cluster.client, "the Host cannot be written", {
    method: "PATCH",
    path: objectPath(resource, host),
    contentType: "application/merge-patch+json",
    body: { metadata: { uid: object.uid }, spec },
    signal,
  });
  return "announced";
}

/** An API server that is away for a moment must not cost an order. */
async function isWritten({ options, secrets }: ClusterDesk, bundle: Bundle, issued: Issued): Promise<boolean> {
  const objects = objectsOf(options, bundle);
  // Nobody would delete it, and nobody wants it.
  if (objects.length === 0) throw new DeskAway("the Hosts of a certificate are gone");
  try {
    await secrets.writeCertificate(bundle.secret, issued, objects.map(ownerFrom));
    return true;
  } catch (error) {
    if (error instanceof DeskAway) return false;
    throw error;
  }
}

function report({ options, attempts }: ClusterDesk, bundle: Bundle, status: HostStatus): void {
  const { statuses, cluster } = options;
  const keys = bundle.hosts.map((host) => refKey(hostRef(host)));
  const changed = keys.filter((key) => JSON.stringify(statuses.get(key)) !== JSON.stringify(status));
  for (const key of changed) statuses.set(key, status);
  if (status.state === "Ready") noteAttempt(attempts, bundle, {});
  if (changed.length > 0) cluster.report(changed);
}

function findObject({ cluster }: ClusterDeskOptions, host: AcmeHost): HostObject | undefined {
  return cluster.objects().get(refKey(hostRef(host)));
}

function objectOf(options: ClusterDeskOptions, host: AcmeHost): HostObject {
  const object = findObject(options, host);
  if (!object) throw new DeskAway(`Host ${host.namespace}/${host.name} is gone`);
  return object;
}

function objectsOf(options: ClusterDeskOptions, { hosts }: Bundle): readonly HostObject[] {
  return hosts.flatMap((host) => findObject(options, host) ?? []);
}

function refIn(bundle: Bundle, hostname: string): ResourceRef | undefined {
  const host = bundle.hosts.find(({ spec }) => spec.hostname.toLowerCase() === hostname);
  return host && hostRef(host);
}

function ownerFrom({ raw, uid }: HostObject): Owner {
  return { apiVersion: `${raw.ref.group}/${raw.version}`, kind: raw.ref.kind, name: raw.ref.name, uid };
}

/** Tells Events for as long as that is permitted; a problem is in the status and in the log, too. */
function teller({ cluster, component, log, signal }: ClusterDeskOptions) {
  let mayTell = true;
  return async ({ raw, uid }: HostObject, { type, reason, message }: HostEvent): Promise<void> => {
    if (!mayTell) return;
    const about = { ref: raw.ref, version: raw.version, uid };
    try {
      const event = { about, type, reason, message, component };
      await recordEvent(cluster.client, event, new Date().toISOString(), signal);
    } catch (error) {
      if (signal.aborted || !isOutside(error)) throw error;
      mayTell = !(error instanceof ApiFailure && error.status === 403);
      log(mayTell ? "debug" : "warning", "Events about certificates cannot be written", errorFields(error));
    }
  };
}
