/** EMIT of header edits. */
import type { HeaderEdits, HeaderValue } from "../ir/headers.ts";

/** The header edits of a route, a virtual host or a table. Few ask for any, and what is not said costs nothing. */
export function emitHeaderEdits({ addRequest, removeRequest, addResponse, removeResponse }: HeaderEdits) {
  return {
    ...(addRequest.length > 0 && { requestHeadersToAdd: addRequest.map(emitHeaderValue) }),
    ...(removeRequest.length > 0 && { requestHeadersToRemove: [...removeRequest] }),
    ...(addResponse.length > 0 && { responseHeadersToAdd: addResponse.map(emitHeaderValue) }),
    ...(removeResponse.length > 0 && { responseHeadersToRemove: [...removeResponse] }),
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
