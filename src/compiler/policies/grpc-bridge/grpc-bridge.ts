/** grpc-bridge: HTTP/1.1 clients may call gRPC services; the gRPC status comes back as headers. */
import { ConfigSchema } from "#gen/envoy/extensions/filters/http/grpc_http1_bridge/v3/config_pb.js";
import { pack } from "../../envoy/bytes.ts";
import type { Policy } from "../policy.ts";
import { lowerSwitch } from "../switch.ts";

/** The policy of the Module's `enable_grpc_http11_bridge`. */
export const grpcBridge: Policy<true> = {
  name: "grpc-bridge",
  filter: "envoy.filters.http.grpc_http1_bridge",
  type: ConfigSchema.typeName,
  keys: ["enable_grpc_http11_bridge"],
  without: "gRPC calls over HTTP/1.1 are passed on as they are",
  lower: (config, at) => lowerSwitch("enable_grpc_http11_bridge", config.enable_grpc_http11_bridge, at),
  emit: () => pack(ConfigSchema, {}),
};
