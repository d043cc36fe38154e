/** The values of a header as Envoy's conditions see them: each by itself, except where Envoy keeps only one. */
import type { SeenRequest } from "./request.ts";

/** Headers that Envoy knows by name and keeps as one value, with commas between what came apart. */
const joined: ReadonlySet<string> = new Set(
  [
    "accept accept-encoding access-control-request-headers access-control-request-method authorization cache-control",
    "connection content-length content-type expect grpc-accept-encoding grpc-timeout if-match if-modified-since",
    "if-none-match if-range if-unmodified-since keep-alive origin pragma proxy-connection referer te transfer-encoding",
    "upgrade user-agent via x-client-trace-id x-envoy-original-path x-forwarded-client-cert x-forwarded-for",
    "x-forwarded-host x-forwarded-proto x-request-id",
  ].flatMap((names) => names.split(" ")),
);

/** The values; none where the header is missing. The name is in lower case. */
export function headerValues(name: string, request: SeenRequest): readonly string[] {
  switch (name) {
    case ":method":
      return [request.method];
    case ":authority":
    case "host":
      return [request.host];
    case ":path":
      return [request.path];
    case ":scheme":
      return [request.scheme];
    default: {
      const values = request.headers.filter(([other]) => other === name).map(([, value]) => value);
      return joined.has(name) && values.length > 1 ? [values.join(",")] : values;
    }
  }
}
