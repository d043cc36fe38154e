/** Who this instance is, as metrics, diagnostics and snapshots say it. */
import { createHash } from "node:crypto";
import type { Settings } from "#compiler";

/** This instance. */
export interface Identity {
  readonly version: string;
  readonly ambassadorId: string;
  readonly namespace: string;
  readonly singleNamespace: boolean;
  /** A UUID that the replicas of one installation share; all zeros outside of a cluster. */
  clusterId(): string;
}

/** `clusterId` is the operator's choice, where there is one. */
export function identityOf(
  version: string,
  { ambassadorId, namespace, scope }: Settings,
  namespaceUid: () => string | undefined,
  clusterId?: string,
): Identity {
  const singleNamespace = scope?.singleNamespace === true;
  return {
    version,
    ambassadorId,
    namespace,
    singleNamespace,
    clusterId: () => clusterId ?? derivedId(namespaceUid(), ambassadorId),
  };
}

const nobody = "00000000-0000-0000-0000-000000000000";
const urlNamespace = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** The old system's: a UUID of version 5 for a URL made of a namespace's uid and the instance's id. */
function derivedId(uid: string | undefined, ambassadorId: string): string {
  if (uid === undefined) return nobody;
  const hash = createHash("sha1").update(urlNamespace).update(`d6e_id://${uid}/${ambassadorId}`).digest();
  const bytes = hash.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
