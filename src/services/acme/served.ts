/** Waiting for Envoy, though not for ever. */
import type { CertificateDoor } from "../../control/certificates.ts";

/** How long Envoy has to acknowledge. */
export const ackMs = 30_000;

/** Whether Envoy acknowledges everything in good time. */
export async function isServed(door: Pick<CertificateDoor, "served">): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ackMs);
  return Promise.race([door.served().then(() => true), late.promise]).finally(() => clearTimeout(timer));
}
