/**
 * What stands in the `crl.pem` of a Secret: lists of revoked certificates. Only their outer form is judged, which is
 * what a cut or mistaken file gets wrong.
 */
import { type Checked, diagnose, ok } from "#base/diagnostic.ts";
import { child } from "#base/origin.ts";
import type { Secret } from "./secret.ts";

const block = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]*)-----END X509 CRL-----/g;
const maxLength = 1 << 22;

/** The lists in a Secret, in PEM. */
export function readRevocationLists(secret: Secret): Checked<string> {
  const text = secret.spec.crl;
  if (text === undefined) return missing(secret, "it has no list of revoked certificates (crl.pem)");
  if (text.length > maxLength) return missing(secret, "its list of revoked certificates is larger than 4 MiB");
  const lists = [...text.matchAll(block)].map(([, body = ""]) => Buffer.from(body, "base64"));
  const begun = text.match(/-----BEGIN X509 CRL-----/g)?.length ?? 0;
  if (lists.length === 0 || lists.length < begun || !lists.every(isList))
    return missing(secret, "its crl.pem is not a list of revoked certificates in PEM");
  return ok(lists.map(pem).join(""));
}

function missing(secret: Secret, what: string): Checked<string> {
  const at = child({ ref: secret.ref, path: ".data" }, ...(secret.spec.crl === undefined ? [] : ["crl.pem"]));
  return { diagnostics: [diagnose("secret/no-revocation-list", at, what)] };
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN X509 CRL-----\n${lines.join("\n")}\n-----END X509 CRL-----\n`;
}

const sequence = 0x30;
const bitString = 0x03;

/** `CertificateList ::= SEQUENCE { tbsCertList SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING }`. */
function isList(der: Buffer): boolean {
  const outer = elements(der);
  const only = outer?.[0];
  if (outer?.length !== 1 || only?.tag !== sequence) return false;
  const inner = elements(only.content);
  const [list, algorithm, signature] = inner ?? [];
  const tags = [list?.tag, algorithm?.tag, signature?.tag];
  if (inner?.length !== 3 || tags.join() !== [sequence, sequence, bitString].join()) return false;
  const fields = list && elements(list.content);
  return (
    fields !== undefined && fields.length >= 3 && algorithm !== undefined && elements(algorithm.content) !== undefined
  );
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** The elements that fill a text of DER, or undefined when they do not. */
function elements(der: Buffer): readonly Element[] | undefined {
  const found: Element[] = [];
  for (let at = 0; at < der.length; ) {
    const tag = der[at] ?? 0;
    const first = der[at + 1];
    if (first === undefined) return undefined;
    const bytes = first < 128 ? 0 : first - 128;
    if (bytes > 4 || at + 2 + bytes > der.length || first === 128) return undefined;
    const length = bytes === 0 ? first : der.readUIntBE(at + 2, bytes);
    const from = at + 2 + bytes;
    if (from + length > der.length) return undefined;
    found.push({ tag, content: der.subarray(from, from + length) });
    at = from + length;
  }
  return found;
}
