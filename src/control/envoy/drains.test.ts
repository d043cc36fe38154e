import assert from "node:assert/strict";
import test from "node:test";
import { type Encoded, toBytes } from "#compiler";
import { announceDrains, drainOf } from "./drains.ts";

function listener(...parts: readonly string[]): Encoded {
  return {
    type: "listener",
    name: "tcp-0.0.0.0-8443",
    version: parts.join(),
    parts: parts.map((part) => toBytes(Buffer.from(part))),
  };
}

const before = listener("head", "a", "b");

const table: readonly (readonly [what: string, after: Encoded | undefined, chains: number])[] = [
  ["a chain is added", listener("head", "a", "b", "c"), 0],
  ["chains change places", listener("head", "b", "a"), 0],
  ["one chain changes", listener("head", "a", "B"), 1],
  ["one chain goes", listener("head", "b"), 1],
  ["a setting of the listener changes", listener("HEAD", "a", "b"), 2],
  ["the listener goes", undefined, 2],
];

for (const [what, after, chains] of table) {
  test(`${what}: ${chains} of 2 chains drain`, () => {
    assert.deepEqual(drainOf(before, after), { chains, of: 2 });
  });
}

test("only listeners that Envoy has are announced", () => {
  const said: string[] = [];
  const at = (kind: string, name: string) => ({ group: "getambassador.io", kind, namespace: "default", name });
  const held = (name: string): Encoded | undefined => (name === before.name ? before : undefined);
  const changes = [
    { type: "listener", name: before.name, resource: listener("head", "a") },
    { type: "listener", name: "tcp-0.0.0.0-9000", resource: listener("head") },
    { type: "routes", name: before.name },
  ] as const;
  const edited = [at("Host", "shop"), at("Mapping", "cart")];
  const owners = () => [at("Listener", "https"), at("Host", "shop")];
  const told = announceDrains(changes, { held, owners, edited, log: (_, message) => said.push(message) });
  assert.deepEqual(
    told.map((one) => [one.code, one.at.ref.name, one.message]),
    [["listener/drains", "shop", "listener tcp-0.0.0.0-8443 changes: connections of 1 of its 2 filter chains end"]],
  );
  const others = announceDrains(changes, { held, owners, edited: edited.slice(1), log: () => undefined });
  assert.deepEqual(
    others.map(({ at: { ref } }) => ref.name),
    ["cart"],
  );
  const many = Array.from({ length: 11 }, (_, i) => at("Mapping", String(i)));
  const all = announceDrains(changes, { held, owners, edited: many, log: () => undefined });
  assert.deepEqual(
    all.map(({ at: { ref } }) => ref.name),
    ["https"],
  );
  assert.deepEqual(said, [
    "listener tcp-0.0.0.0-8443 changes: connections of 1 of its 2 filter chains end within the drain time",
  ]);
});
