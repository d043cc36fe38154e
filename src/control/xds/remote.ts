/**
 * SERVE: the door for Envoys elsewhere: TCP, and nothing without a certificate of theirs that our authorities signed.
 * Who a stream is for is decided by that certificate: its node must be one of the DNS names or URIs in it.
 */
import * as grpc from "@grpc/grpc-js";
import { isOlderEnvoy } from "#base/envoy-version.ts";
import type { Log } from "#base/log.ts";
import { subjectNames } from "#base/subject-names.ts";
import { type TlsPaths, type TlsTexts, watchTlsFiles } from "#base/tls-files.ts";
import type { NodeIdentity } from "./refusal.ts";
import { bind, type DeltaCall, deltaServer, refuse } from "./service.ts";
import { refusal } from "./stream.ts";

/** Where Envoys elsewhere connect, and who they and we are. */
export interface RemoteDoor {
  /** An IP address, in brackets where it has colons, and a port. */
  readonly address: string;
  readonly paths: TlsPaths;
  readonly texts: TlsTexts;
  /** What Envoys the resources are for, `1.40`, and newer ones; all when absent. */
  readonly envoyVersion?: string;
}

/** An Envoy elsewhere, as its connection shows it. */
export interface RemotePeer {
  readonly address: string;
  /** The nodes that its certificate is for. */
  readonly names: readonly string[];
}

/** An open door. */
export interface OpenDoor {
  /** Looks now whether the files have been replaced. */
  look(): Promise<void>;
  close(): void;
}

/** So long, a certificate that has run out goes on at most: connections are made anew, with what is in the files. */
const connectionAge: grpc.ServerOptions = {
  "grpc.max_connection_age_ms": 3_600_000,
  "grpc.max_connection_age_grace_ms": 1_000,
};
/** Authorities have been replaced: who is not trusted any more has this long. */
const distrustMs = 1_000;

/** Opens the door. */
export async function openRemoteDoor(
  { address, paths, texts }: RemoteDoor,
  accept: (call: DeltaCall, peer: RemotePeer) => void,
  log: Log,
): Promise<OpenDoor> {
  const server = deltaServer((call) => {
    const peer = peerOf(call);
    if (peer) accept(call, peer);
    else refuse(call, refusal(grpc.status.UNAUTHENTICATED, "the certificate holds no DNS name and no URI"));
  }, connectionAge);
  const provider = createProvider(texts);
  const credentials = grpc.experimental.createCertificateProviderServerCredentials(provider, provider, true);
  await bind(server, address, credentials).catch((error: unknown) => {
    throw bindFailure(error, address);
  });
  let { authorities } = texts;
  const watch = watchTlsFiles(paths, texts, {
    log,
    onChange(next) {
      provider.update(next);
      if (next.authorities === authorities) return;
      authorities = next.authorities;
      server.drain(address, distrustMs);
    },
  });
  return {
    look: watch.look,
    close() {
      watch.close();
      server.forceShutdown();
    },
  };
}

/** Throws unless a node is one that the peer's certificate is for, and takes what there is for it. */
export function checkNode({ names }: RemotePeer, node: NodeIdentity, oldest = "any"): void {
  const { nodeId, envoyVersion } = node;
  if (!names.includes(nodeId)) {
    const theirs = names.join(", ");
    throw refusal(grpc.status.PERMISSION_DENIED, `the certificate is for ${theirs}, and not for the node "${nodeId}"`);
  }
  if (!isOlderEnvoy(envoyVersion, oldest)) return;
  const why = `the configuration is for Envoy ${oldest} and newer, and "${nodeId}" is ${envoyVersion}`;
  throw refusal(grpc.status.FAILED_PRECONDITION, why);
}

/** gRPC's error has the system's in its text. */
function bindFailure(error: unknown, address: string): unknown {
  const isTaken = error instanceof Error && error.message.includes("EADDRINUSE");
  return isTaken ? Object.assign(error, { code: "EADDRINUSE", port: Number(/\d+$/.exec(address)) }) : error;
}

function peerOf(call: DeltaCall): RemotePeer | undefined {
  const names = subjectNames(call.getAuthContext().sslPeerCertificate?.subjectaltname);
  return names.length === 0 ? undefined : { address: call.getPeer(), names };
}

/** Gives gRPC the texts, and newer ones. */
function createProvider(first: TlsTexts): grpc.experimental.CertificateProvider & { update(texts: TlsTexts): void } {
  const ofAuthorities = new Set<grpc.experimental.CaCertificateUpdateListener>();
  const ofIdentity = new Set<grpc.experimental.IdentityCertificateUpdateListener>();
  let texts = first;
  const authorities = () => ({ caCertificate: Buffer.from(texts.authorities) });
  const identity = () => ({ certificate: Buffer.from(texts.certificate), privateKey: Buffer.from(texts.key) });
  return {
    // gRPC listens for changes only after this has returned.
    addCaCertificateListener(listener) {
      ofAuthorities.add(listener);
      queueMicrotask(() => listener(authorities()));
    },
    removeCaCertificateListener: (listener) => void ofAuthorities.delete(listener),
    addIdentityCertificateListener(listener) {
      ofIdentity.add(listener);
      queueMicrotask(() => listener(identity()));
    },
    removeIdentityCertificateListener: (listener) => void ofIdentity.delete(listener),
    update(next) {
      texts = next;
      for (const listener of ofAuthorities) listener(authorities());
      for (const listener of ofIdentity) listener(identity());
    },
  };
}
