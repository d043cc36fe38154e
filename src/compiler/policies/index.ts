/**
 * The policies in the order in which their filters see a request.
 * Every entry says why it stands where it does; nothing else decides the order.
 */
import { auth } from "./auth/auth.ts";
import { buffer } from "./buffer/buffer.ts";
import { cors } from "./cors/cors.ts";
import { errorResponse, errorResponseValues } from "./error-response/error-response.ts";
import { grpcBridge } from "./grpc-bridge/grpc-bridge.ts";
import { grpcStats } from "./grpc-stats/grpc-stats.ts";
import { grpcWeb } from "./grpc-web/grpc-web.ts";
import { gzip } from "./gzip/gzip.ts";
import { ipAllow } from "./ip-allow/ip-allow.ts";
import { lua } from "./lua/lua.ts";
import type { Policy } from "./policy.ts";
import { rateLimit } from "./rate-limit/rate-limit.ts";

/** All policies, first filter first. */
export const policies: readonly Policy[] = [
  grpcBridge, // first, so that every other filter sees gRPC as HTTP/2 clients send it
  grpcWeb, //    likewise
  grpcStats, //  counts what the two before it have made gRPC
  lua, //        a script may rewrite what everything after it decides on, as it always could
  gzip, //       on the way back after all but Lua, which sees answers compressed
  buffer, //     before anything that may pass a request on, so that too large a one goes nowhere
  ipAllow, //    last of the Module's; it sees the addresses that the connection manager found
  cors, //       a preflight carries no credentials, so it is answered before anything asks for them
  auth, //       after whatever may refuse a request by itself, so that its service is spared
  rateLimit, //  counts those that are let through, and may count by headers that auth adds
  errorResponse, // next to the router: whatever comes after it sees the new bodies, and adds its headers to them
  errorResponseValues, // first on the way back, so that the script finds the values
];
