/**
 * Names of the Secrets that are made for Hosts which name none, as Edge Stack made them: every byte that is neither a
 * small letter, a digit nor a dot becomes `-` and two hexadecimal digits.
 */
import { createHash } from "node:crypto";

const longestName = 253;

/** The name of the Secret with an account's key. */
export function accountSecretName(authority: string, email?: string): string {
  return bounded(email ? `${encode(authority)}--${encode(email)}` : encode(authority));
}

/** The name of the Secret with the certificate for a host name. */
export function certificateSecretName(hostname: string): string {
  return bounded(encode(hostname));
}

function encode(text: string): string {
  const bytes = [...Buffer.from(text, "utf8")];
  return bytes.map((byte) => (plain.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte))).join("");
}

const plain = /[a-z0-9.]/;
const hex = (byte: number): string => `-${byte.toString(16).padStart(2, "0")}`;

/** Kubernetes takes no longer name; what would be one ends in a hash of the whole. */
function bounded(name: string): string {
  if (name.length <= longestName) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 16);
  return `${name.slice(0, longestName - hash.length - 1).replace(/[-.]+$/, "")}.${hash}`;
}
