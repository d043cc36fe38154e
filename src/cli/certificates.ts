/** Who obtains certificates in a run: in a cluster, or with a state directory; loaded where it is used alone. */
import { join } from "node:path";
import type { Log } from "#base/log.ts";
import type { Certificates } from "../control/certificates.ts";
import type { AcmeChoice } from "../services/acme/tender.ts";
import { CannotRun } from "./cannot-run.ts";

/** Where a run is, as far as certificates go. */
export interface CertificatePlace {
  readonly isCluster: boolean;
  readonly stateDirectory: string | undefined;
}

/** Opens whoever it is. */
export async function certificatesFrom(
  { isCluster, stateDirectory }: CertificatePlace,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<Certificates | undefined> {
  const choice = acmeChoice(env);
  if (isCluster) {
    const { openClusterCertificates } = await import("../services/acme/cluster/index.ts");
    return openClusterCertificates({
      orders: mayOrder(env),
      impliedAcme: isTrue(env["DRAGOMAN_EDGE_STACK_HOSTS"]),
      component: env["DRAGOMAN_ACME_EVENT_SOURCE"] || "Ambassador Edge Stack",
      choice,
      log,
    });
  }
  if (stateDirectory === undefined || !mayOrder(env)) return undefined;
  const { openCertificates } = await import("../services/acme/index.ts");
  return openCertificates(join(stateDirectory, "acme"), choice, log);
}

/** What is decided for all certificates; throws CannotRun. */
export function acmeChoice(env: NodeJS.ProcessEnv): AcmeChoice {
  const [keyKind, preferredChain] = [env["DRAGOMAN_ACME_KEYS"] || "ecdsa-p256", env["DRAGOMAN_ACME_CHAIN"]];
  if (keyKind !== "ecdsa-p256" && keyKind !== "rsa-2048")
    throw new CannotRun(`DRAGOMAN_ACME_KEYS: "${keyKind}" is neither ecdsa-p256 nor rsa-2048.`);
  const [id, hmacKey] = [env["DRAGOMAN_ACME_EXTERNAL_ACCOUNT"], env["DRAGOMAN_ACME_EXTERNAL_ACCOUNT_KEY"]];
  if (!id !== !hmacKey || !/^[\w-]*$/.test(hmacKey ?? ""))
    throw new CannotRun(
      "DRAGOMAN_ACME_EXTERNAL_ACCOUNT needs its key, base64url, in DRAGOMAN_ACME_EXTERNAL_ACCOUNT_KEY.",
    );
  return {
    keyKind,
    ...(preferredChain ? { preferredChain } : {}),
    ...(id && hmacKey ? { externalAccount: { id, hmacKey } } : {}),
  };
}

/** Whether Hosts with an authority get a certificate in such a run. */
export function obtainsCertificates(place: CertificatePlace, env: NodeJS.ProcessEnv): boolean {
  return mayOrder(env) && (place.isCluster || place.stateDirectory !== undefined);
}

const mayOrder = (env: NodeJS.ProcessEnv): boolean => !isTrue(env["AES_ACME_LEADER_DISABLE"]);

const isTrue = (text: string | undefined): boolean => /^(?:1|t|true|y|yes|on)$/i.test(text ?? "");
