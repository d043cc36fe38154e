/** cors: scripts of other sites may read answers, as far as Mappings and the Module allow it. */
import { CorsSchema } from "#gen/envoy/extensions/filters/http/cors/v3/cors_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Policy } from "../policy.ts";
import { emitCors } from "./emit.ts";
import { type CorsSettings, lowerCors, lowerCorsDefault } from "./lower.ts";
import { whyCors } from "./why.ts";

/** The policy of `cors`. The filter does nothing by itself; what is allowed is told with each route. */
export const cors: Policy<true, CorsSettings> = {
  name: "cors",
  filter: "envoy.filters.http.cors",
  type: CorsSchema.typeName,
  keys: ["cors"],
  without: "scripts of other sites cannot read answers",
  lower: () => ({ diagnostics: [] }),
  emit: () => pack(CorsSchema, {}),
  needs: "service",
  why: whyCors,
  route: { reach: "group", slot: true, lower: lowerCors, lowerDefault: lowerCorsDefault, emit: emitCors },
};
