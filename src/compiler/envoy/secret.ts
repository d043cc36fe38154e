/** EMIT of key material, as SDS resources. */
import { SecretSchema } from "#gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.js";
import type { Encoded } from "../ir/encoded.ts";
import type { Secret } from "../ir/secret.ts";
import { encode, encodeFields, versionOf } from "./bytes.ts";

/** Encodes a secret. The bytes hold the private key: they go to Envoy and nowhere else. */
export function emitSecret(secret: Secret): Encoded {
  const bytes = encode(SecretSchema, { name: secret.name, type: emitType(secret) });
  return { type: "secret", name: secret.name, version: versionOf([bytes]), parts: [bytes] };
}

/** The same secret under another name: of a field that occurs twice, the last counts. */
export function renamedSecret(secret: Encoded, name: string): Encoded {
  return { ...secret, name, parts: [...secret.parts, encodeFields(SecretSchema, { name })] };
}

function emitType(secret: Secret) {
  if (secret.kind === "certificate") {
    const value = { certificateChain: inline(secret.chain), privateKey: inline(secret.privateKey) };
    return { case: "tlsCertificate", value } as const;
  }
  const value = { trustedCa: inline(secret.trustedCa), ...(secret.crl ? { crl: inline(secret.crl) } : {}) };
  return { case: "validationContext", value } as const;
}

function inline(text: string) {
  return { specifier: { case: "inlineBytes", value: Buffer.from(text) } } as const;
}
