/**
 * An instance's id in the names and labels of the objects that it writes, so that two instances in one namespace never
 * write the same one.
 */
import { createHash } from "node:crypto";

/** The AMBASSADOR_ID, or a hash of one that no name may hold. */
export function instanceName(ambassadorId: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(ambassadorId)) return ambassadorId;
  return `id-${createHash("sha256").update(ambassadorId).digest("hex").slice(0, 16)}`;
}
