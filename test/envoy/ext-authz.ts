/** An authorization service over gRPC: it judges requests as their own `x-auth-*` headers ask, and records them. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import {
  type CheckRequest,
  CheckRequestSchema,
  type CheckResponse,
  CheckResponseSchema,
} from "#gen/envoy/service/auth/v3/external_auth_pb.js";
import type { Receipt } from "./receipt.ts";

/** A running service. */
export interface ExtAuthz {
  readonly port: number;
  close(): void;
}

/** Starts one on a free port. */
export async function openExtAuthz(name: string, record: (receipt: Receipt) => void): Promise<ExtAuthz> {
  const server = new Server();
  const check = (call: ServerUnaryCall<CheckRequest, CheckResponse>, answer: sendUnaryData<CheckResponse>): void => {
    record(receiptOf(name, call.request));
    answer(null, judge(call.request));
  };
  server.addService(definition, { check });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

const definition = {
  check: {
    path: "/envoy.service.auth.v3.Authorization/Check",
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: CheckRequest) => Buffer.from(toBinary(CheckRequestSchema, message)),
    requestDeserialize: (bytes: Buffer) => fromBinary(CheckRequestSchema, bytes),
    responseSerialize: (message: CheckResponse) => Buffer.from(toBinary(CheckResponseSchema, message)),
    responseDeserialize: (bytes: Buffer) => fromBinary(CheckResponseSchema, bytes),
  },
} as const;

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
