/** EMIT of auth. */
import type { Any } from "@bufbuild/protobuf/wkt";
import {
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
  type ExtAuthzPerRouteSchema as PerRoute,
} from "#gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.js";
import { duration, type Init, pack } from "../../envoy/bytes.ts";
import { emitChoice } from "./choice.ts";
import type { AskSettings, AuthSettings, HttpProtocol, Judge } from "./lower.ts";
import type { RouteAuth } from "./route.ts";

type Filter = Init<typeof ExtAuthzSchema>;
type Override = NonNullable<Init<typeof PerRoute>["override"]>;

/** Version 3 of Envoy's APIs, by its number in Envoy. */
const v3 = 2;
const neverUsed = "none";

/** Envoy's filter with the service or with an order to deny everything, or the choice between several of these. */
export function emitAuth(settings: AuthSettings): Any {
  if (settings.kind !== "choice") return emitJudge(settings);
  const named = settings.named.map(({ mark, judge }) => ({ mark, filter: emitJudge(judge) }));
  return emitChoice(emitJudge(settings.usual), named, emitJudge({ kind: "deny" }));
}

/** Envoy's filter with one service, or with an order to deny everything. */
export function emitJudge(judge: Judge): Any {
  return pack(ExtAuthzSchema, judge.kind === "ask" ? emitAsk(judge) : denial);
}

/** Switched off for all requests, with the order to deny what it is switched off for. */
const denial: Filter = {
  services: { case: "httpService", value: { serverUri: serverUri(neverUsed, neverUsed, 1) } },
  transportApiVersion: v3,
  filterEnabled: { defaultValue: { numerator: 0 } },
  denyAtDisable: { defaultValue: true, runtimeKey: "dragoman.auth.deny" },
};

function emitAsk(settings: AskSettings): Filter {
  const { body, protocol, serveOnFailure, statusOnError } = settings;
  return {
    ...(protocol.kind === "http" ? emitHttp(settings, protocol) : emitGrpc(settings)),
    transportApiVersion: v3,
    clearRouteCache: true,
    ...(serveOnFailure ? { failureModeAllow: true } : {}),
    ...(statusOnError === undefined ? {} : { statusOnError: { code: statusOnError } }),
    ...(body ? { withRequestBody: { maxRequestBytes: body.maxBytes, allowPartialMessage: body.allowPartial } } : {}),
  };
}

function emitHttp({ authority, cluster, timeoutMs }: AskSettings, http: HttpProtocol): Filter {
  const answer = names(http.answerHeaders);
  return {
    services: {
      case: "httpService",
      value: {
        serverUri: serverUri(authority, cluster, timeoutMs),
        pathPrefix: http.pathPrefix,
        authorizationRequest: { headersToAdd: http.added.map(({ name, value }) => ({ key: name, value })) },
        authorizationResponse: { allowedUpstreamHeaders: answer, allowedClientHeaders: answer },
      },
    },
    allowedHeaders: names(http.requestHeaders),
  };
}

function emitGrpc({ authority, cluster, timeoutMs }: AskSettings): Filter {
  const target = { case: "envoyGrpc", value: { clusterName: cluster, authority } } as const;
  return { services: { case: "grpcService", value: { targetSpecifier: target, timeout: duration(timeoutMs) } } };
}

function serverUri(authority: string, cluster: string, timeoutMs: number) {
  const upstream = { case: "cluster", value: cluster } as const;
  return { uri: `http://${authority}`, httpUpstreamType: upstream, timeout: duration(timeoutMs) };
}

function names(list: readonly string[]) {
  return { patterns: list.map((value) => ({ matchPattern: { case: "exact", value } as const, ignoreCase: true })) };
}

/** The same on many routes. */
const bypass = packRoute({ case: "disabled", value: true });

/** The filter on a route: not at all, or with something to tell the service. */
export function emitRouteAuth(settings: RouteAuth): Any | undefined {
  if (settings.kind === "bypass") return bypass;
  const { extensions } = settings;
  return extensions && packRoute({ case: "checkSettings", value: { contextExtensions: { ...extensions } } });
}

function packRoute(override: Override): Any {
  return pack(ExtAuthzPerRouteSchema, { override });
}
