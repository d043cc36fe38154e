/** EMIT of header edits. */
import type { HeaderEdits, HeaderValue } from "../ir/headers.ts";

/** The header edits of a route, a virtual host or a table. */
export function emitHeaderEdits(edits: HeaderEdits) {
  return {
    requestHeadersToAdd: edits.addRequest.map(emitHeaderValue),
    requestHeadersToRemove: [...edits.removeRequest],
    responseHeadersToAdd: edits.addResponse.map(emitHeaderValue),
    responseHeadersToRemove: [...edits.removeResponse],
  };
}

/** APPEND_IF_EXISTS_OR_ADD is 0, OVERWRITE_IF_EXISTS_OR_ADD is 2 (envoy.config.core.v3.HeaderValueOption). */
export function emitHeaderValue(header: HeaderValue) {
  return {
    header: { key: header.name, value: header.value },
    appendAction: header.append ? 0 : 2,
    keepEmptyValue: true,
  } as const;
}
