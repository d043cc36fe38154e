/** A gRPC service of one method, on a free port of the loopback: it answers each request, or takes all of a stream. */
import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import {
  type handleUnaryCall,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerReadableStream,
  type UntypedHandleCall,
} from "@grpc/grpc-js";

/** A running service. */
export interface GrpcService {
  readonly port: number;
  close(): void;
}

/** How the bytes of a method's messages are read and written. */
export interface GrpcMethod<Q, A> {
  readonly path: string;
  read(bytes: Buffer): Q;
  write(answer: A): Buffer;
}

/** The method at this path with generated messages. */
export function grpcMethod<Q extends DescMessage, A extends DescMessage>(
  path: string,
  request: Q,
  response: A,
): GrpcMethod<MessageShape<Q>, MessageShape<A>> {
  return {
    path,
    read: (bytes) => fromBinary(request, bytes),
    write: (answer) => Buffer.from(toBinary(response, answer)),
  };
}

/** Starts a service that answers the method. */
export function openGrpcService<Q, A>(method: GrpcMethod<Q, A>, answer: (request: Q) => A): Promise<GrpcService> {
  const handle: handleUnaryCall<Q, A> = (call, reply) => reply(null, answer(call.request));
  return open(method, false, handle as UntypedHandleCall);
}

/** Starts a service that takes everything of each stream, and never answers; `begin` makes a taker for each stream. */
export function openGrpcSink<Q, A>(method: GrpcMethod<Q, A>, begin: () => (request: Q) => void): Promise<GrpcService> {
  const handle = (call: ServerReadableStream<Q, A>): void => {
    call.on("data", begin());
    // Envoy ends streams when its listeners change.
    call.on("error", () => call.destroy());
  };
  return open(method, true, handle as UntypedHandleCall);
}

async function open<Q, A>(
  { path, read, write }: GrpcMethod<Q, A>,
  requestStream: boolean,
  handle: UntypedHandleCall,
): Promise<GrpcService> {
  const server = new Server();
  const method: MethodDefinition<Q, A> = {
    path,
    requestStream,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: read,
    responseSerialize: write,
    responseDeserialize: () => {
      throw new Error("a service reads no answers");
    },
  };
  server.addService({ method }, { method: handle });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}
