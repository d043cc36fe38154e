/**
 * One event of a watch, as the API server writes it.
 */

import { type Fields, fieldsOf, text } from "#base/fields.ts";
import { ApiFailure } from "./failure.ts";

/** What happened, and to what; a bookmark's object has a version and nothing else. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: Fields;
  readonly resourceVersion: string | undefined;
  /** The last one of a streamed list. */
  readonly endsList: boolean;
}

const types: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/** Reads an event; throws an {@link ApiFailure} when it tells of one. */
export function readEvent(event: unknown): WatchEvent {
  const fields = fieldsOf(event);
  const type = text(fields, "type") ?? "";
  const object = fieldsOf(fields["object"]);
  if (!isType(type)) {
    const code = object["code"];
    throw new ApiFailure(typeof code === "number" ? code : 500, object);
  }
  const metadata = fieldsOf(object["metadata"]);
  const endsList = type === "BOOKMARK" && fieldsOf(metadata["annotations"])["k8s.io/initial-events-end"] === "true";
  return { type, object, resourceVersion: text(metadata, "resourceVersion"), endsList };
}

function isType(type: string): type is WatchEvent["type"] {
  return types.has(type);
}
