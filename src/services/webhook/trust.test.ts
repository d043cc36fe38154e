/** Which authority signs what is shown, by what definitions and the Secret say. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, test } from "node:test";
import type { ApiRequest, Client } from "../../control/kube/client.ts";
import { ApiFailure } from "../../control/kube/failure.ts";
import { writeAuthorities } from "./authorities.ts";
import { type Identity, makeAuthority } from "./certificate.ts";
import { type Definition, readDefinition } from "./definitions.ts";
import { openTrust } from "./trust.ts";

const now = Date.now();
/** Long enough for a run of all tests on a machine that has much to do. */
const minute = 60_000;
const times = { authorityMs: 100 * minute, overlapMs: 10 * minute, serverMs: 50 * minute, settleMs: 0 };
const place = { namespace: "ns", service: "hook" };
let old: Identity;
let young: Identity;

before(async () => {
  old = await makeAuthority({ from: now - minute, until: now + 30 * minute });
  young = await makeAuthority({ from: now - minute, until: now + 90 * minute });
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** An API server with a Secret of these authorities, or none, that remembers what it is asked to change. */
function serverWith(authorities: readonly Identity[] | undefined) {
  const changes: ApiRequest[] = [];
  const ask = async (request: ApiRequest): Promise<unknown> => {
    if (request.method !== undefined) return changes.push(request);
    if (authorities === undefined) throw new ApiFailure(404, {});
    const { certificates, keys } = writeAuthorities(authorities);
    return { metadata: { name: "hook" }, data: { "ca.crt": base64(certificates), "ca.key": base64(keys) } };
  };
  return { changes, client: { ask } as unknown as Client };
}

/** A definition that names these authorities. */
function definition(plural: string, believed: readonly Identity[], versions = 2): Definition {
  const service = { name: "hook", namespace: "ns", path: "/webhooks/crd-convert", port: 443 };
  const clientConfig = { service, caBundle: base64(writeAuthorities(believed).certificates) };
  const conversion = believed.length === 0 ? { strategy: "None" } : { strategy: "Webhook", webhook: { clientConfig } };
  const spec = { conversion, versions: Array.from({ length: versions }, () => ({})) };
  const read = readDefinition({ metadata: { name: `${plural}.getambassador.io`, resourceVersion: "1" }, spec });
  assert.ok(read);
  return read;
}

function open(authorities: readonly Identity[] | undefined, settleMs = 0) {
  const { changes, client } = serverWith(authorities);
  const shown: Identity[] = [];
  const told: string[] = [];
  const look = openTrust({
    client,
    place,
    secret: "hook",
    times: { ...times, settleMs },
    log: () => undefined,
    show: async (identity) => void shown.push(identity),
    tell: (trusted) => void told.push(`${trusted.by} of ${trusted.of}`),
    signal: new AbortController().signal,
  });
  return { look, changes, shown, told };
}

const isBy = (identity: Identity | undefined, authority: Identity): boolean =>
  new X509Certificate(identity?.certificate ?? "").checkIssued(new X509Certificate(authority.certificate));

test("a new authority signs nothing before every definition names it", async () => {
  const { look, shown, changes, told } = open([old, young]);
  await look([definition("hosts", [old, young]), definition("mappings", [old])]);
  assert.ok(isBy(shown[0], old));
  assert.deepEqual(
    changes.map(({ method, path }) => [method, path.split("/").at(-1)]),
    [["PATCH", "mappings.getambassador.io"]],
  );
  // What is shown is believed all the time.
  assert.deepEqual(told, ["2 of 2"]);
  await look([definition("hosts", [old, young]), definition("mappings", [old, young])]);
  assert.ok(isBy(shown[1], young));
});

test("nor before every API server has surely read that", async () => {
  const { look, shown } = open([old, young], 60 * minute);
  await look([definition("mappings", [old, young])]);
  await look([definition("mappings", [old, young])]);
  assert.equal(shown.length, 1);
  assert.ok(isBy(shown[0], old));
});

test("the first authority is written, shown, and named by definitions that have something to convert", async () => {
  const { look, shown, changes, told } = open(undefined);
  await look([definition("mappings", []), definition("listeners", [], 1)]);
  assert.deepEqual(
    changes.map(({ method, path }) => [method, path.split("/").at(-1)]),
    [
      ["POST", "secrets"],
      ["PATCH", "mappings.getambassador.io"],
    ],
  );
  assert.equal(shown.length, 1);
  assert.deepEqual(told, ["0 of 1"]);
});

test("against somebody else who keeps writing it gives up for a while", async () => {
  const { look, changes } = open([young]);
  for (let i = 0; i < 10; i++) await look([definition("mappings", [])]);
  assert.equal(changes.length, 5);
});

test("definitions of others are none of its business", () => {
  assert.equal(readDefinition({ metadata: { name: "mappings.example.com" }, spec: {} }), undefined);
  assert.equal(readDefinition({}), undefined);
});
