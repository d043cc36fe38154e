import assert from "node:assert/strict";
import { test } from "node:test";
import { encodedBytes, toBytes } from "#compiler";
import { forgetSpelling, isAskedByServerName, noteSpelling, respelled, type Spellings } from "./server-names.ts";
import { createSnapshot } from "./snapshot.ts";

const resource = { type: "secret", name: "a.test", version: "1", parts: [toBytes(new Uint8Array())] } as const;
const view = createSnapshot();
view.apply([{ type: "secret", name: "a.test", resource }]);

test("secrets of objects and files are none that handshakes ask for", () => {
  const names = ["a.test", "ns/name", "file:cert.pem", "file:/certs/tls.crt"];
  assert.deepEqual(
    names.filter((name) => isAskedByServerName("secret", name)),
    ["a.test"],
  );
  assert.equal(isAskedByServerName("cluster", "a.test"), false);
});

test("another spelling is the same certificate under its own name, for as long as it is asked for", () => {
  const spellings: Spellings = new Map();
  assert.equal(respelled(spellings, "A.test", view), undefined);
  noteSpelling(spellings, "secret", "A.test");
  const found = respelled(spellings, "A.test", view);
  assert.equal(found?.name, "A.test");
  assert.equal(Buffer.from(found ? encodedBytes(found) : []).toString(), "\n\u0006A.test");
  noteSpelling(spellings, "secret", "B.test");
  assert.equal(respelled(spellings, "B.test", view), undefined);
  forgetSpelling(spellings, "A.test");
  assert.equal(respelled(spellings, "A.test", view), undefined);
});

test("invented spellings are bounded", () => {
  const spellings: Spellings = new Map();
  for (let i = 0; i < 1000; i++) noteSpelling(spellings, "secret", `A${i}.test`);
  assert.equal(spellings.size, 100);
});
