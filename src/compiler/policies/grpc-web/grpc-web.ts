/** grpc-web: browsers may call gRPC services in the gRPC-Web protocol. */
import { GrpcWebSchema } from "#gen/envoy/extensions/filters/http/grpc_web/v3/grpc_web_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Policy } from "../policy.ts";
import { lowerSwitch } from "../switch.ts";

/** The policy of the Module's `enable_grpc_web`. */
export const grpcWeb: Policy<true> = {
  name: "grpc-web",
  filter: "envoy.filters.http.grpc_web",
  type: GrpcWebSchema.typeName,
  keys: ["enable_grpc_web"],
  without: "gRPC-Web calls are passed on as they are",
  lower: (config, at) => lowerSwitch("enable_grpc_web", config.enable_grpc_web, at),
  emit: () => pack(GrpcWebSchema, {}),
};
