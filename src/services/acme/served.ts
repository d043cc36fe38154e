/** Waiting for Envoy, though not for ever. */
import type { CertificateDoor } from "../../control/certificates.ts";

/** How long Envoy has to acknowledge. */
export const ackMs = 30_000;

/** Whether Envoy acknowledges everything in good time, and before the signal. */
export async function isServed(door: Pick<CertificateDoor, "served">, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false;
  const late = Promise.withResolvers<boolean>();
  const end = (): void => late.resolve(false);
  const timer = setTimeout(end, ackMs);
  signal?.addEventListener("abort", end, { once: true });
  return Promise.race([door.served().then(() => true), late.promise]).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  });
}
