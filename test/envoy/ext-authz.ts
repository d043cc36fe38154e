/** An authorization service over gRPC: it judges requests as their own `x-auth-*` headers ask, and records them. */
import { create } from "@bufbuild/protobuf";
import {
  type CheckRequest,
  CheckRequestSchema,
  type CheckResponse,
  CheckResponseSchema,
} from "#gen/envoy/service/auth/v3/external_auth_pb.js";
import { type GrpcService, grpcMethod, openGrpcService } from "./grpc-service.ts";
import type { Receipt } from "./receipt.ts";

/** Starts one on a free port. */
export function openExtAuthz(name: string, record: (receipt: Receipt) => void): Promise<GrpcService> {
  const path = "/envoy.service.auth.v3.Authorization/Check";
  return openGrpcService(grpcMethod(path, CheckRequestSchema, CheckResponseSchema), (request) => {
    record(receiptOf(name, request));
    return judge(request);
  });
}

/** The request that is judged; what the route tells comes as headers with `context-` before their names. */
function receiptOf(name: string, { attributes }: CheckRequest): Receipt {
  const { method = "", path = "", headers = {}, body = "" } = attributes?.request?.http ?? {};
  const context = Object.entries(attributes?.contextExtensions ?? {});
  const told = context.map(([key, value]) => [`context-${key}`, value] as const);
  return { upstream: name, method, path, headers: [...Object.entries(headers), ...told], body };
}

/** `x-auth-status: 401` denies with that status; all others are let through as somebody. */
function judge({ attributes }: CheckRequest): CheckResponse {
  const status = Number(attributes?.request?.http?.headers["x-auth-status"] ?? 200);
  if (status === 200) {
    const headers = [{ header: { key: "x-auth-user", value: "somebody" } }];
    return create(CheckResponseSchema, { status: {}, httpResponse: { case: "okResponse", value: { headers } } });
  }
  const value = { status: { code: status }, body: "denied by the service" };
  return create(CheckResponseSchema, { status: { code: 7 }, httpResponse: { case: "deniedResponse", value } });
}
