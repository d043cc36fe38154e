/** Manifests with a marker in every place that can hold a secret: right, wrong, and wrong as YAML. */
import type { Material } from "../envoy/material.ts";
import type { Canaries } from "./canaries.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const keys = ["tls.key", "tls.crt", "key.pem", "cert-chain.pem", "ca.crt", "root-cert.pem", "crl.pem", "user.key"];
const tokens = ["token", "password", "oauth2-client-secret", "hmac", ".dockerconfigjson", "cert_required"];
const types = ["Opaque", "kubernetes.io/tls", "istio.io/key-and-cert", "kubernetes.io/service-account-token"];

type Files = Record<string, string>;

/** The files. `material` gives the one key that is really served with. */
export function secretFiles(canaries: Canaries, material: Material): Readonly<Files> {
  const { mark } = canaries;
  return {
    ...servedFile(canaries, material, "shop"),
    ...goodSecrets(mark),
    ...brokenSecrets(mark),
    ...brokenYaml(mark),
    ...otherKinds(mark),
  };
}

function referring(name: string, host: string): string {
  const of = (kind: string, spec: object): string =>
    json({ apiVersion: "getambassador.io/v3alpha1", kind, metadata: { name: `of-${name}` }, spec });
  const tls = { ca_secret: name, crl_secret: name };
  return [
    of("Host", { hostname: host, tlsSecret: { name }, tls }),
    of("TLSContext", { secret: name, ca_secret: name }),
    of("Mapping", { hostname: host, prefix: "/", service: "https://127.0.0.1:1", tls: `of-${name}` }),
  ].join("---\n");
}

/** The one Secret that is served with, holding the certificate of this name. */
export function servedFile({ watch }: Canaries, material: Material, name: string): Files {
  const { certificate, key } = material.certificate(`${name}:shop.test`);
  for (const line of key.split("\n")) if (line.length > 40 && !line.startsWith("-")) watch(line.slice(4, 44));
  const data = { "tls.crt": base64(certificate), "tls.key": base64(key) };
  const secret = json({ apiVersion: "v1", kind: "Secret", metadata: { name: "shop" }, data });
  return { "served.yaml": `${secret}---\n${referring("shop", "shop.test").replaceAll(', "crl_secret": "shop"', "")}` };
}

function goodSecrets(mark: () => string): Files {
  const files: Files = {};
  for (const [i, type] of types.entries()) {
    for (const field of ["data", "stringData"]) {
      const name = `good-${i}-${field.toLowerCase()}`;
      const encode = field === "data" ? base64 : (text: string) => text;
      const values = Object.fromEntries([...keys, ...tokens].map((key) => [key, encode(`before ${mark()} after`)]));
      // What kubectl leaves behind holds everything once more.
      const annotations = {
        "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify({ [field]: values, more: mark() }),
      };
      const secret = { apiVersion: "v1", kind: "Secret", type, metadata: { name, annotations }, [field]: values };
      files[`${name}.yaml`] = `${json(secret)}---\n${referring(name, `${name}.test`)}`;
    }
  }
  return files;
}

function brokenSecrets(mark: () => string): Files {
  const block = (label: string): string =>
    `-----BEGIN ${label}-----\n${mark()}\n${base64(mark())}\n-----END ${label}-----\n`;
  const bodies: readonly object[] = [
    { stringData: { "tls.crt": block("CERTIFICATE"), "tls.key": block("PRIVATE KEY") } },
    { stringData: { "tls.key": block("ENCRYPTED PRIVATE KEY"), "crl.pem": block("X509 CRL"), "ca.crt": mark() } },
    { stringData: { "tls.key": `-----BEGIN RSA PRIVATE KEY-----\n${mark()}` } },
    { data: { "tls.key": `${mark()}!` } },
    { data: { "tls.crt": [mark()], "tls.key": { [mark()]: mark() } } },
    { data: mark() },
    { data: [mark()] },
    { stringData: mark() },
    { stringData: { "tls.key": [mark()], "tls.crt": { a: mark() } } },
    { type: [mark()], data: {} },
    { type: mark(), data: {} },
    { data: {}, unknown: mark(), spec: { "tls.key": mark() } },
    { data: {}, immutable: mark() },
    { data: { "tls.key": `${base64(mark())}\u0000` } },
    { data: { "tls.key": `\ud800${mark()}` } },
    { metadata: { labels: { a: [mark()] }, annotations: { b: { c: mark() } } }, data: {} },
  ];
  return Object.fromEntries(
    bodies.map((body, i) => {
      const name = `broken-${i}`;
      const metadata = { name, ...("metadata" in body ? (body.metadata as object) : {}) };
      const secret = json({ apiVersion: "v1", kind: "Secret", ...body, metadata });
      return [`${name}.yaml`, `${secret}---\n${referring(name, `${name}.test`)}`];
    }),
  );
}

/** What stands where the parser stops, or is quoted by it. */
function brokenYaml(mark: () => string): Files {
  const head = "apiVersion: v1\nkind: Secret\nmetadata: { name: cut }\nstringData:\n";
  const bodies = [
    `  tls.key: "${mark()}\n`,
    `  tls.key: '${mark()}\n`,
    `  tls.key: ${mark()}: ${mark()}\n`,
    `  tls.key: *${mark()}\n`,
    `  tls.key: &${mark()} !${mark()} x\n`,
    `  tls.key: !<${mark()}> x\n`,
    `  tls.key: !!${mark()} x\n`,
    `  tls.key: [${mark()}\n`,
    `  tls.key: {${mark()}: ${mark()}\n`,
    `  tls.key: "\\q${mark()}"\n`,
    `  tls.key: @${mark()}\n`,
    `  tls.key: %${mark()}\n`,
    `  tls.key: \`${mark()}\n`,
    `  tls.key: |9${mark()}\n`,
    `  tls.key: |\n ${mark()}\n${mark()}\n`,
    `  ${mark()}\n  b: c\n`,
    `\ttls.key: ${mark()}\n`,
    `  a: ${mark()}\n  a: ${mark()}\n`,
    `  <<: ${mark()}\n`,
    `  <<: *${mark()}\n`,
    `%${mark()} x\n`,
    `  tls.key: ${mark()}\u0000\n`,
    `  tls.key: ${"[".repeat(200)}${mark()}\n`,
    `--- ${mark()}\n`,
    `}${mark()}\n`,
  ];
  const texts = bodies.map((body) => head + body);
  const cutJson = `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "cut"}, "stringData": {"a": "${mark()}`;
  const wholes = [mark(), `- ${mark()}\n`, `${mark()}: ${mark()}\n`, cutJson, `kind: Secret\ndata: ${mark()}\n`];
  const nameless = `apiVersion: v1\nkind: Secret\nstringData: { a: ${mark()} }\n`;
  const list = json({ apiVersion: "v1", kind: "List", items: [mark(), [mark()], { kind: "Secret", data: mark() }] });
  return Object.fromEntries([...texts, ...wholes, nameless, list].map((text, i) => [`yaml-${i}.yaml`, text]));
}

function otherKinds(mark: () => string): Files {
  const files: Files = {};
  const add = (kind: string, spec: object, apiVersion = "getambassador.io/v3alpha1"): void => {
    const i = Object.keys(files).length;
    files[`other-${i}.yaml`] = json({ apiVersion, kind, metadata: { name: `other-${i}` }, spec });
  };
  const oauth2 = (more: object): object => ({
    OAuth2: { authorizationURL: "https://auth.test", clientID: "x", protectedOrigins: [], ...more },
  });
  add("Filter", oauth2({ secret: mark() }));
  add("Filter", oauth2({ secret: [mark()] }));
  add("Filter", oauth2({ secret: { a: mark() } }));
  add("Filter", oauth2({ clientSecret: mark() }));
  add("Filter", { OAuth2: { secret: mark(), authorizationURL: 5 } });
  add("Filter", { JWT: { hmacSecret: mark() } });
  add("Filter", { APIKey: { keys: [{ key: mark() }] } });
  add("Filter", oauth2({ secret: mark() }), "getambassador.io/v1beta2");
  add("Host", { hostname: "acme.test", acmeProvider: { registration: JSON.stringify({ key: mark() }) } });
  add("Host", { hostname: "acme2.test", acmeProvider: { registration: [mark()] } });
  add("Host", { hostname: "acme3.test", acmeProvider: { registration: { key: mark() } } });
  add("AuthService", { auth_service: "auth", add_auth_headers: { "x-token": mark(), "x-thing": mark() } });
  add("AuthService", { auth_service: "auth", add_auth_headers: { "x-token": [mark()] } });
  add("AuthService", { auth_service: "auth", add_auth_headers: mark() });
  add("TracingService", { service: "trace", driver: "lightstep", config: { access_token_file: "/x", token: mark() } });
  add("Mapping", { hostname: "shop.test", prefix: "/user/", service: `https://user:${mark()}@shop:bad` });
  add("Mapping", { hostname: "shop.test", prefix: "/user2/", service: `https://user:${mark()}@shop` });
  const filter = (end: string): string =>
    `apiVersion: getambassador.io/v2\nkind: Filter\nname: f\nOAuth2:\n  secret: ${mark()}\n${end}`;
  for (const end of [
    "",
    "  x: [\n",
    `  x: *${mark()}\n`,
    `  secret: ${mark()}\n`,
    `  x: "${mark()}\n`,
    `${mark()}\n`,
  ]) {
    const i = Object.keys(files).length;
    const metadata = { name: `other-${i}`, annotations: { "getambassador.io/config": filter(end) } };
    files[`other-${i}.yaml`] = json({ apiVersion: "v1", kind: "Service", metadata, spec: {} });
  }
  return files;
}
