/**
 * LOWER of key material, for every dialect: what a Secret, or files in its place, can be used for, and the material
 * once something uses it. Certificates are read when somebody refers to them, once per version of the Secret; those
 * that nobody refers to cost nothing.
 */
import { type Checked, type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { nameKey, type Origin } from "#base/origin.ts";
import {
  type FileContent,
  holdsCertificates,
  readAuthorities,
  readCertificate,
  readRevocationLists,
  type Secret as SecretObject,
} from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { MaterialFiles, Secret, SecretUse } from "../ir/secret.ts";

/** Where key material is looked up: Secrets by `namespace/name`, files by path. */
export interface MaterialLookup {
  readonly secrets: Collection<SecretObject>;
  readonly files: Collection<FileContent>;
}

/** Reading a Secret for each purpose; what was read is remembered for as long as the object lives. */
const read = {
  certificate: remembered(readCertificate),
  ca: remembered(readAuthorities),
  crl: remembered(readRevocationLists),
};

function remembered<T>(readSecret: (secret: SecretObject) => Checked<T>): (secret: SecretObject) => Checked<T> {
  const known = new WeakMap<SecretObject, Checked<T>>();
  return (secret) => {
    const before = known.get(secret);
    if (before) return before;
    const checked = secret.spec.withheld ? unfetched(secret) : readSecret(secret);
    known.set(secret, checked);
    return checked;
  };
}

function unfetched({ ref }: SecretObject): Checked<never> {
  const message = "its data has not been fetched from the API server yet";
  const detail = { traffic: "TLS is not served with this Secret", hint: "see the log for what is in the way" };
  return { diagnostics: [diagnose("tls/unusable-secret", { ref, path: "" }, message, detail)] };
}

/** Why a Secret cannot be used for something; empty: it can. */
export function secretFacts(secret: SecretObject, purpose: keyof typeof read): readonly Diagnostic[] {
  return read[purpose](secret).diagnostics;
}

/** A certificate by the Secret's coordinates. */
export function certificateUse(secret: { readonly namespace: string; readonly name: string }): SecretUse {
  const key = nameKey(secret);
  return { name: key, kind: "certificate", secret: key };
}

const cannot = {
  certificate: "TLS is not served with it; plain HTTP goes on",
  ca: "certificates cannot be checked, so TLS is not spoken with these settings",
  crl: "certificates cannot be checked, so TLS is not spoken with these settings",
} as const;

/** Why a Secret cannot serve a purpose: on the field that refers to it, and in the Secret itself. */
export function secretProblems(
  { secrets }: { readonly secrets: Collection<SecretObject> },
  key: string,
  purpose: "certificate" | "ca" | "crl",
  at: Origin,
  reads: Reads,
): readonly Diagnostic[] {
  const secret = reads.get(secrets, key);
  if (secret && !holdsCertificates(secret.spec.type)) return [ofOtherType(key, purpose, at)];
  const facts = secret && secretFacts(secret, purpose);
  if (facts?.length === 0) return [];
  const message = facts ? `Secret ${key} cannot be used: ${facts[0]?.message}` : `there is no Secret ${key}`;
  const detail = { traffic: cannot[purpose], hint: "create the Secret, or correct the reference" };
  return [diagnose("tls/unusable-secret", at, message, detail), ...(facts ?? [])];
}

function ofOtherType(key: string, purpose: keyof typeof cannot, at: Origin): Diagnostic {
  return diagnose("tls/unusable-secret", at, `Secret ${key} is of a type that holds no certificates`, {
    traffic: cannot[purpose],
    hint: "make it one of type kubernetes.io/tls or Opaque, or correct the reference",
  });
}

/** A certificate, or with `kind` authorities, by the paths of files. */
export function filesUse(kind: SecretUse["kind"], files: MaterialFiles): SecretUse {
  const name = `file:${files.certificate}${files.privateKey === undefined ? "" : `+${files.privateKey}`}`;
  return { name, kind, secret: name, files };
}

/** How messages name what a certificate comes from. */
export function materialName({ files, secret }: SecretUse): string {
  return files ? `file ${files.certificate}` : `Secret ${secret}`;
}

/** Why files cannot serve a purpose, on the fields that name them. */
export function fileProblems(
  { files }: MaterialLookup,
  use: MaterialFiles,
  at: Readonly<Record<keyof MaterialFiles, Origin>>,
  reads: Reads,
): readonly Diagnostic[] {
  const purpose = use.privateKey === undefined ? "ca" : "certificate";
  const usual = "correct the file, or put its content into a Secret";
  const problem = (part: keyof MaterialFiles, because: string, hint = usual): Diagnostic =>
    diagnose("tls/unusable-file", at[part], `the file ${JSON.stringify(use[part])} cannot be used: ${because}`, {
      traffic: cannot[purpose],
      hint,
    });
  const missing = (["certificate", "privateKey"] as const).flatMap((part) => {
    const path = use[part];
    const content = path === undefined ? undefined : reads.get(files, path);
    if (path === undefined || content?.kind === "text") return [];
    return [problem(part, content?.because ?? "it is not read", content?.hint)];
  });
  const secret = missing.length > 0 ? undefined : secretOf(files, use, reads);
  const facts = secret ? secretFacts(secret, purpose) : [];
  const wrong = facts.map(({ code, message }) => problem(aboutKey.has(code) ? "privateKey" : "certificate", message));
  return [...missing, ...wrong];
}

const aboutKey: ReadonlySet<string> = new Set(["secret/invalid-key", "secret/key-mismatch"]);

/** Secrets that files stand for, by the certificate: what was read of them is remembered as that of Secrets is. */
const stands = new WeakMap<FileContent, { readonly key: FileContent | undefined; readonly secret: SecretObject }>();

/** What files hold, in the form of the Secret whose place they take. */
function secretOf(files: Collection<FileContent>, use: MaterialFiles, reads: Reads): SecretObject | undefined {
  const certificate = reads.get(files, use.certificate);
  const key = use.privateKey === undefined ? undefined : reads.get(files, use.privateKey);
  if (certificate?.kind !== "text") return undefined;
  const known = stands.get(certificate);
  if (known && known.key === key) return known.secret;
  const secret: SecretObject = {
    kind: "Secret",
    ref: { group: "", kind: "File", namespace: "", name: use.certificate },
    version: "v1",
    labels: {},
    spec: {
      type: "Opaque",
      certificate: certificate.text,
      ...(key?.kind === "text" ? { privateKey: key.text } : {}),
    },
  };
  stands.set(certificate, { key, secret });
  return secret;
}

/** The Secret behind a use, or what files have in its place. */
function materialOf({ secrets, files }: MaterialLookup, use: SecretUse, reads: Reads): SecretObject | undefined {
  return use.files ? secretOf(files, use.files, reads) : reads.get(secrets, use.secret);
}

/** Whether QUIC can be spoken with a certificate: Envoy would refuse others. */
export function speaksQuic(lookup: MaterialLookup): (use: SecretUse, reads: Reads) => boolean {
  return (use, reads) => {
    const secret = materialOf(lookup, use, reads);
    return secret === undefined || read.certificate(secret).value?.keyType !== "ed25519";
  };
}

/** The material of one SDS resource, for everything that uses it. Unusable Secrets and files give none. */
export function lowerSecret(lookup: MaterialLookup): (uses: readonly SecretUse[], reads: Reads) => Derived<Secret> {
  return (uses, reads) => {
    const use = uses[0];
    const secret = use && materialOf(lookup, use, reads);
    if (!use || !secret) return { out: [] };
    const material =
      use.kind === "certificate" ? certificateOf(use, secret) : validationOf(use, secret, lookup.secrets, reads);
    return { out: material ? [[use.name, material]] : [] };
  };
}

function certificateOf(use: SecretUse, secret: SecretObject): Secret | undefined {
  const certificate = read.certificate(secret).value;
  if (certificate === undefined) return undefined;
  return { kind: "certificate", name: use.name, chain: certificate.chain, privateKey: certificate.privateKey };
}

function validationOf(
  use: SecretUse,
  secret: SecretObject,
  secrets: Collection<SecretObject>,
  reads: Reads,
): Secret | undefined {
  const trustedCa = read.ca(secret).value;
  const list = use.crl === undefined ? undefined : reads.get(secrets, use.crl);
  const crl = list && read.crl(list).value;
  if (trustedCa === undefined || (use.crl !== undefined && crl === undefined)) return undefined;
  return { kind: "validation", name: use.name, trustedCa, ...(crl === undefined ? {} : { crl }) };
}
