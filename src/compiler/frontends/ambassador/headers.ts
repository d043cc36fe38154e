/** LOWER of header edits: `add_*_headers` and `remove_*_headers`. */
import type { ClusterDecl } from "../../ir/cluster.ts";
import type { HeaderEdits, HeaderValue } from "../../ir/headers.ts";

interface AddedHeader {
  readonly value?: string | undefined;
  readonly append?: boolean | undefined;
}

/** The headers to add, sorted by name as the user's map has no order. */
export function lowerAddedHeaders(headers: Readonly<Record<string, AddedHeader>> | undefined): readonly HeaderValue[] {
  return Object.entries(headers ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, header]) => ({ name, value: header.value ?? "", append: header.append ?? true }));
}

interface Edits {
  readonly add_request_headers?: Readonly<Record<string, AddedHeader>> | undefined;
  readonly remove_request_headers?: readonly string[] | undefined;
  readonly add_response_headers?: Readonly<Record<string, AddedHeader>> | undefined;
  readonly remove_response_headers?: readonly string[] | undefined;
}

const destinationHeader = "l5d-dst-override";

/** Whether the user sets the header that tells Linkerd where the request is to go. */
export function setsDestination(edits: HeaderEdits): boolean {
  return edits.addRequest.some(({ name }) => name.toLowerCase() === destinationHeader);
}

/** The edits with the header that tells Linkerd where the request is to go, unless the user sets it. */
export function withDestination(edits: HeaderEdits, { host, port }: ClusterDecl): HeaderEdits {
  if (setsDestination(edits)) return edits;
  // What a client says of it does not count.
  const destination: HeaderValue = { name: destinationHeader, value: `${host}:${port}`, append: false };
  return { ...edits, addRequest: [...edits.addRequest, destination] };
}

/** A Mapping's edits; what it says itself masks the default, even when empty. */
export function lowerHeaderEdits(spec: Edits, defaults: HeaderEdits): HeaderEdits {
  const { add_request_headers, remove_request_headers, add_response_headers, remove_response_headers } = spec;
  if (!add_request_headers && !remove_request_headers && !add_response_headers && !remove_response_headers)
    return defaults;
  return {
    addRequest: add_request_headers ? lowerAddedHeaders(add_request_headers) : defaults.addRequest,
    removeRequest: remove_request_headers ?? defaults.removeRequest,
    addResponse: add_response_headers ? lowerAddedHeaders(add_response_headers) : defaults.addResponse,
    removeResponse: remove_response_headers ?? defaults.removeResponse,
  };
}
