/**
 * ADMIT: judging Envoy's format strings (`%REQ(X-USER)%` in header values and access logs) before Envoy does, because
 * Envoy refuses a whole table or listener for one bad command. What each command takes was asked of Envoy 1.40.
 */

/** Takes nothing. */
const plain = new Set(
  `ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS CUSTOM_FLAGS
  DOWNSTREAM_CX_RTT DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT
  DOWNSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID
  DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS DOWNSTREAM_DIRECT_REMOTE_PORT
  DOWNSTREAM_HANDSHAKE_DURATION DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS
  DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN
  DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_PORT DOWNSTREAM_LOCAL_SUBJECT
  DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1
  DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN
  DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER
  DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN
  DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS
  DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_TLS_VERSION
  DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT DURATION
  FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LISTENER_NAME LOCAL_REPLY_BODY PACKETS_RETRANSMITTED PROTOCOL
  REQUESTED_SERVER_NAME REQUEST_DURATION REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE RESPONSE_DURATION
  RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES RESPONSE_TX_DURATION
  ROUNDTRIP_DURATION ROUTE_NAME ROUTE_RESOLUTION_COUNT ROUTE_RESOLUTION_TIME_US SPAN_ID STREAM_ID TLS_JA3_FINGERPRINT
  TLS_JA4_FINGERPRINT TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID
  UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED
  UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HEADER_BYTES_RECEIVED
  UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT
  UPSTREAM_HOST_NAME UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT
  UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN
  UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN
  UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL
  UPSTREAM_REMOTE_ADDRESS UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT
  UPSTREAM_SERVER_NAME UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION
  UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME`.split(
    /\s+/,
  ),
);

interface Taking {
  /** What stands in the parentheses; without it, they may be left out. */
  readonly needed?: true;
  readonly form?: RegExp;
  /** Whether `:10` may follow. */
  readonly cut?: true;
}

const headers: Taking = { needed: true, cut: true, form: /^:?[\w!#$%&'*+.^`|~-]+(\?:?[\w!#$%&'*+.^`|~-]+)?$/ };
const key: Taking = { needed: true, cut: true };
const metadata: Taking = { needed: true };
const time: Taking = {};

const taking: ReadonlyMap<string, Taking> = new Map<string, Taking>([
  ...["REQ", "RESP", "TRAILER", "REQUEST_HEADER", "RESPONSE_HEADER", "RESPONSE_TRAILER"].map(
    (name) => [name, headers] as const,
  ),
  ...["DYNAMIC_METADATA", "PER_REQUEST_STATE", "QUERY_PARAM"].map((name) => [name, key] as const),
  ...["FILTER_STATE", "UPSTREAM_FILTER_STATE"].map(
    (name) => [name, { ...key, form: /^[^:]+(:(PLAIN|TYPED)|:FIELD:[^:]+)?$/ }] as const,
  ),
  ...["CLUSTER_METADATA", "UPSTREAM_METADATA"].map((name) => [name, metadata] as const),
  ["METADATA", { needed: true, form: /^(ROUTE|CLUSTER|LISTENER|VIRTUAL_HOST|DYNAMIC|UPSTREAM_HOST):/ }],
  ["COMMON_DURATION", { needed: true, form: /^\w+:\w+:(ns|us|ms)$/ }],
  ["GRPC_STATUS", { form: /^(CAMEL_STRING|SNAKE_STRING|NUMBER)?$/ }],
  ["PATH", { cut: true, form: /^((WQ|NQ)(:(ORIG|PATH|ORIG_OR_PATH))?)?$/ }],
  ["QUERY_PARAMS", { cut: true, form: /^(ORIG|DECODED)?$/ }],
  ...[
    "START_TIME",
    "START_TIME_LOCAL",
    "EMIT_TIME",
    "EMIT_TIME_LOCAL",
    "DOWNSTREAM_PEER_CERT_V_START",
    "DOWNSTREAM_PEER_CERT_V_END",
    "UPSTREAM_PEER_CERT_V_START",
    "UPSTREAM_PEER_CERT_V_END",
    "RESPONSE_CODE_DETAILS",
    "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT",
    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
    "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
    "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
    "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
    "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
  ].map((name) => [name, time] as const),
]);

/** Envoy reads a length into 64 bits. */
const mostDigits = 19;

const command = /%(?:%|([A-Z0-9_]+)(?:\(([^)]*)\))?(?::(\d+))?%)/y;

/** What is wrong with a format string, or undefined. */
export function formatProblem(text: string): string | undefined {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", command.lastIndex)) {
    command.lastIndex = at;
    const found = command.exec(text);
    // Where, not what: header values may be credentials.
    if (!found) return `character ${at + 1} begins no command; write %% for a percent sign`;
    const problem = found[1] === undefined ? undefined : commandProblem(found[1], found[2], found[3]);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A command of a format string. */
export interface FormatCommand {
  readonly name: string;
  /** As it is written, with its percent signs. */
  readonly text: string;
}

/** The literal texts and the commands of a format string that has no problem, in order. */
export function splitFormat(format: string): readonly (string | FormatCommand)[] {
  const parts: (string | FormatCommand)[] = [];
  let literal = "";
  let at = 0;
  for (let next = format.indexOf("%"); next >= 0; next = format.indexOf("%", at)) {
    command.lastIndex = next;
    const [text = "%", name] = command.exec(format) ?? [];
    literal += format.slice(at, next) + (name === undefined ? "%" : "");
    if (name !== undefined) {
      if (literal !== "") parts.push(literal);
      parts.push({ name, text });
      literal = "";
    }
    at = next + text.length;
  }
  literal += format.slice(at);
  return literal === "" ? parts : [...parts, literal];
}

function commandProblem(name: string, given: string | undefined, cut: string | undefined): string | undefined {
  // The gateway's environment holds what is none of a manifest's business.
  if (name === "ENVIRONMENT") return "%ENVIRONMENT% is not allowed";
  if (plain.has(name)) return given || cut !== undefined ? `%${name}% takes no parameters` : undefined;
  const takes = taking.get(name);
  if (!takes) return `there is no command %${name.slice(0, 40)}%`;
  if (takes.needed && !given) return `%${name}% needs a parameter: %${name}(…)%`;
  if (cut !== undefined && cut.length > mostDigits) return `%${name}% takes no such length`;
  if (cut !== undefined && !takes.cut) return `%${name}% takes no length`;
  return given !== undefined && takes.form && !takes.form.test(given)
    ? `%${name}% does not take that parameter`
    : undefined;
}
