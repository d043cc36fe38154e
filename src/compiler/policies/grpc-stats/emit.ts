/** EMIT of grpc-stats. */
import type { Any } from "@bufbuild/protobuf/wkt";
import { FilterConfigSchema } from "#gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { GrpcStatsSettings } from "./lower.ts";

/** Envoy's filter. Which methods are counted is always said, because what Envoy does otherwise is deprecated. */
export function emitGrpcStats({ methods, upstream }: GrpcStatsSettings): Any {
  const perMethodStatSpecifier =
    methods === "all" || methods === "none"
      ? ({ case: "statsForAllMethods", value: { value: methods === "all" } } as const)
      : ({ case: "individualMethodStatsAllowlist", value: { services: methods.map(emitService) } } as const);
  return pack(FilterConfigSchema, { enableUpstreamStats: upstream, perMethodStatSpecifier });
}

function emitService({ name, methods }: Exclude<GrpcStatsSettings["methods"], string>[number]) {
  return { name, methodNames: [...methods] };
}
