/** grpc-stats: Envoy counts gRPC calls, by service and method where that is asked for. */
import { FilterConfigSchema } from "#gen/envoy/extensions/filters/http/grpc_stats/v3/config_pb.js";
import type { Policy } from "../policy.ts";
import { emitGrpcStats } from "./emit.ts";
import { type GrpcStatsSettings, lowerGrpcStats } from "./lower.ts";

/** The policy of the Module's `grpc_stats`. */
export const grpcStats: Policy<GrpcStatsSettings> = {
  name: "grpc-stats",
  filter: "envoy.filters.http.grpc_stats",
  type: FilterConfigSchema.typeName,
  keys: ["grpc_stats"],
  without: "gRPC calls are not counted",
  lower: lowerGrpcStats,
  emit: emitGrpcStats,
};
