/** LOWER of an AuthService's settings, once its upstream is known. */
import { type Checked, type Diagnostic, diagnose, hasError, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { StatusCode } from "#gen/envoy/type/v3/http_status_pb.js";
import { type AuthServiceSpec, headerNameProblem, headerValueProblem } from "../../api/index.ts";
import type { ClusterDecl, ClusterName } from "../../ir/cluster.ts";

/** How requests are judged: by a service, or, where that cannot be, all alike. */
export type Judge = { readonly kind: "deny" } | AskSettings;

/** Who judges requests: one for all, or the one that a request's Mapping names, by the mark of its route. */
export type AuthSettings =
  | Judge
  | { readonly kind: "choice"; readonly usual: Judge; readonly named: readonly NamedJudge[] };

/** The judge of the Mappings that name it. */
export interface NamedJudge {
  readonly mark: string;
  readonly judge: Judge;
}

/** Whom to ask, and how. */
export interface AskSettings {
  readonly kind: "ask";
  readonly cluster: ClusterName;
  /** The service's host and port, as it may be called in requests to it. */
  readonly authority: string;
  readonly protocol: HttpProtocol | { readonly kind: "grpc" };
  readonly timeoutMs: number;
  readonly body?: { readonly maxBytes: number; readonly allowPartial: boolean };
  readonly serveOnFailure: boolean;
  readonly statusOnError?: number;
}

/** What an HTTP service is sent, and what of its answer goes on. */
export interface HttpProtocol {
  readonly kind: "http";
  readonly pathPrefix: string;
  /** Sorted, in lower case. */
  readonly requestHeaders: readonly string[];
  /** On to the service if it allows, to the client if it does not. */
  readonly answerHeaders: readonly string[];
  readonly added: readonly { readonly name: string; readonly value: string }[];
}

const usualRequestHeaders = [
  "authorization",
  "cookie",
  "from",
  "proxy-authorization",
  "user-agent",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
];
const usualAnswerHeaders = ["authorization", "location", "proxy-authenticate", "set-cookie", "www-authenticate"];

/** What is asked for; no value where nobody may be let through because of it. */
export function lowerAuth(spec: AuthServiceSpec, upstream: ClusterDecl, at: Origin): Checked<AskSettings> {
  const spoken = [...(spec.proto === "grpc" ? grpcProblems(spec, at) : httpProblems(spec, at)), ...badStatus(spec, at)];
  if (hasError(spoken)) return { diagnostics: spoken };
  const { status_on_error: status, include_body: body } = spec;
  const maxBody = body
    ? { maxBytes: body.max_bytes, allowPartial: body.allow_partial }
    : spec.allow_request_body && { maxBytes: 4096, allowPartial: true };
  const authority = `${upstream.host.includes(":") ? `[${upstream.host}]` : upstream.host}:${upstream.port}`;
  const settings: AskSettings = {
    kind: "ask",
    cluster: upstream.name,
    authority,
    protocol: spec.proto === "grpc" ? { kind: "grpc" } : lowerHttp(spec, authority),
    timeoutMs: spec.timeout_ms ?? 5000,
    ...(maxBody ? { body: maxBody } : {}),
    serveOnFailure: spec.failure_mode_allow ?? false,
    ...(status?.code === undefined ? {} : { statusOnError: status.code }),
  };
  return ok(settings, [...spoken, ...(body && spec.allow_request_body ? [twoBodies(at)] : [])]);
}

function lowerHttp(spec: AuthServiceSpec, authority: string): HttpProtocol {
  const prefix = spec.path_prefix ?? "";
  const added = Object.entries(spec.add_auth_headers ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  const isSet = added.some(({ name }) => name.toLowerCase() === "l5d-dst-override");
  const linkerd = spec.add_linkerd_headers && !isSet ? [{ name: "l5d-dst-override", value: authority }] : [];
  return {
    kind: "http",
    pathPrefix: prefix === "" || prefix.startsWith("/") ? prefix : `/${prefix}`,
    requestHeaders: union(usualRequestHeaders, spec.allowed_request_headers),
    answerHeaders: union(usualAnswerHeaders, spec.allowed_authorization_headers),
    added: [...added, ...linkerd],
  };
}

function union(usual: readonly string[], own: readonly string[] = []): readonly string[] {
  return [...new Set([...usual, ...own.map((name) => name.toLowerCase())])].filter((name) => name !== "").sort();
}

function grpcProblems(spec: AuthServiceSpec, at: Origin): readonly Diagnostic[] {
  const stray = (
    [
      "path_prefix",
      "allowed_request_headers",
      "allowed_authorization_headers",
      "add_auth_headers",
      "add_linkerd_headers",
    ] as const
  )
    .filter((field) => spec[field] !== undefined)
    .map((field) =>
      diagnose("auth-service/http-only", child(at, "spec", field), `${field} has no effect with proto: grpc`, {
        traffic: "the service sees all headers, and says itself which ones are added",
      }),
    );
  if (spec.protocol_version === "v3") return stray;
  return [
    ...stray,
    diagnose(
      "auth-service/protocol-version",
      child(at, "spec", "protocol_version"),
      `${spec.protocol_version ?? "v2"} of the protocol is not spoken any more`,
      { traffic: closed, hint: "let the service speak envoy.service.auth.v3 and write protocol_version: v3" },
    ),
  ];
}

function httpProblems(spec: AuthServiceSpec, at: Origin): readonly Diagnostic[] {
  const added = Object.entries(spec.add_auth_headers ?? {});
  const headers = added.flatMap(([name, value]) => {
    const why = headerNameProblem(name) ?? headerValueProblem(String(value));
    return why === undefined ? [] : [impossible(child(at, "spec", "add_auth_headers", name), why)];
  });
  return [...pathProblems(spec, at), ...headers];
}

function impossible(at: Origin, why: string): Diagnostic {
  return diagnose("auth-service/invalid-header", at, `no request can have such a header: it ${why}`, {
    traffic: closed,
    hint: "headers have names of letters, digits and dashes, and values of one line",
  });
}

function pathProblems({ path_prefix: prefix = "" }: AuthServiceSpec, at: Origin): readonly Diagnostic[] {
  const here = child(at, "spec", "path_prefix");
  if (/[?#\s]/.test(prefix)) {
    const message = "path_prefix is more than a path";
    return [diagnose("auth-service/invalid-path", here, message, { traffic: closed, hint: "leave ? and # out" })];
  }
  if (prefix === "" || prefix.startsWith("/")) return [];
  const message = "path_prefix does not begin with a slash";
  return [diagnose("auth-service/relative-path", here, message, { traffic: "it is used with a slash before it" })];
}

/** Envoy knows statuses by name and answers with no others. */
function badStatus({ status_on_error: { code = 403 } = {} }: AuthServiceSpec, at: Origin): readonly Diagnostic[] {
  if (code >= 200 && StatusCode[code] !== undefined) return [];
  const here = child(at, "spec", "status_on_error", "code");
  const detail = { traffic: closed, hint: "use a status such as 403 or 503" };
  return [
    diagnose("auth-service/unknown-status", here, `${code} is no status that a request can be denied with`, detail),
  ];
}

function twoBodies(at: Origin): Diagnostic {
  return diagnose(
    "auth-service/two-body-limits",
    child(at, "spec", "allow_request_body"),
    "allow_request_body has no effect beside include_body",
    { traffic: "the service sees as much of the body as include_body says", hint: "keep one of them" },
  );
}

/** What traffic sees of an AuthService that cannot be asked. */
export const closed = "all requests that it would be asked about get 403";
