/** EMIT of cors. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { CorsPolicySchema } from "#gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { CorsSettings } from "./lower.ts";

/** What Envoy's filter allows on a route. Envoy takes the exact origin `*` for any. */
export function emitCors({ origins, methods, headers, exposedHeaders, credentials, maxAge }: CorsSettings): Any {
  return pack(CorsPolicySchema, {
    allowOriginStringMatch: origins.map((value) => ({ matchPattern: { case: "exact", value } as const })),
    allowMethods: methods.join(", "),
    allowHeaders: headers.join(", "),
    exposeHeaders: exposedHeaders.join(", "),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(credentials ? { allowCredentials: true } : {}),
  });
}
