/** The uid of one namespace, which a cluster is told apart from others by. */
import { fieldsOf, text } from "#base/fields.ts";
import { AccessUnavailable } from "./access.ts";
import type { Client } from "./client.ts";
import { ApiFailure, NoAnswer } from "./failure.ts";

/** Asks for it until the API server answers; undefined until then, and where it may not be known. */
export function openNamespaceUid(client: Client, name: string, signal: AbortSignal): () => string | undefined {
  let uid: string | undefined;
  client.ask({ path: `/api/v1/namespaces/${name}`, attempts: Number.POSITIVE_INFINITY, signal }).then(
    (namespace) => {
      uid = text(fieldsOf(fieldsOf(namespace)["metadata"]), "uid");
    },
    (error: unknown) => {
      const isOutside = [ApiFailure, NoAnswer, AccessUnavailable].some((kind) => error instanceof kind);
      if (!isOutside && !signal.aborted) throw error;
    },
  );
  return () => uid;
}
