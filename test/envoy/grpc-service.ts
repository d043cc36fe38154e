/** A gRPC service of one unary method, on a free port of the loopback. */
import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";

/** A running service. */
export interface GrpcService {
  readonly port: number;
  close(): void;
}

/** Starts a service that answers the method at this path. */
export async function openGrpcService<Q extends DescMessage, A extends DescMessage>(
  path: string,
  request: Q,
  response: A,
  answer: (request: MessageShape<Q>) => MessageShape<A>,
): Promise<GrpcService> {
  const server = new Server();
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message: MessageShape<Q>) => Buffer.from(toBinary(request, message)),
    requestDeserialize: (bytes: Buffer) => fromBinary(request, bytes),
    responseSerialize: (message: MessageShape<A>) => Buffer.from(toBinary(response, message)),
    responseDeserialize: (bytes: Buffer) => fromBinary(response, bytes),
  } as const;
  type Call = ServerUnaryCall<MessageShape<Q>, MessageShape<A>>;
  const handle = (call: Call, reply: sendUnaryData<MessageShape<A>>): void => reply(null, answer(call.request));
  server.addService({ method }, { method: handle });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}
