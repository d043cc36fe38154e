/** A rate-limit service over gRPC: a descriptor with the value `too-many` is over its limit. It records what it is asked. */
import { create } from "@bufbuild/protobuf";
import {
  RateLimitResponse_Code as Code,
  RateLimitRequestSchema,
  RateLimitResponseSchema,
} from "#gen/envoy/service/ratelimit/v3/rls_pb.js";
import { type GrpcService, grpcMethod, openGrpcService } from "./grpc-service.ts";
import type { Receipt } from "./receipt.ts";

/** Starts one on a free port. A receipt's body has a line for each descriptor, its path is the domain. */
export function openRateLimit(name: string, record: (receipt: Receipt) => void): Promise<GrpcService> {
  const path = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
  const method = grpcMethod(path, RateLimitRequestSchema, RateLimitResponseSchema);
  return openGrpcService(method, ({ domain, descriptors }) => {
    const lines = descriptors.map(({ entries }) => entries.map(({ key, value }) => `${key}=${value}`).join(" "));
    record({ upstream: name, path: domain, headers: [], body: lines.join("\n") });
    const isOver = descriptors.some(({ entries }) => entries.some(({ value }) => value === "too-many"));
    const code = isOver ? Code.OVER_LIMIT : Code.OK;
    const statuses = descriptors.map(() => ({ code }));
    return create(RateLimitResponseSchema, { overallCode: code, statuses });
  });
}
