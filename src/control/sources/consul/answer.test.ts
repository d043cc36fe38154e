/** What is read of an answer, and what is left out with which words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readInstances } from "./answer.ts";
import { createLocator } from "./names.ts";

const entries: readonly (readonly [entry: unknown, read: string])[] = [
  [{ Service: { ID: "a", Address: "10.0.0.1", Port: 80 }, Node: { Address: "10.0.0.9" } }, "10.0.0.1:80"],
  [{ Service: { ID: "a", Address: "", Port: 80 }, Node: { Address: "10.0.0.9" } }, "10.0.0.9:80"],
  [{ Service: { ID: "a", Port: 80 }, Node: { Address: "::1" } }, "::1:80"],
  [{ Service: { ID: "a", Address: "Cart.Example", Port: 80 } }, "cart.example:80"],
  [{ Service: { ID: "a", Address: "10.0.0.1", Port: 0 } }, "a has no port"],
  [{ Service: { ID: "a", Address: "10.0.0.1", Port: "80" } }, "a has no port"],
  [{ Service: { ID: "a", Address: "10.0.0.1", Port: 70_000 } }, "a has no port"],
  [{ Service: { ID: "a", Port: 80 } }, "a has no address"],
  [{ Service: { ID: "a\n", Address: "a b", Port: 80 } }, "a has the address a b"],
  [{ Service: { Address: "10.0.0.1/8", Port: 80 } }, "10.0.0.1/8 has the address 10.0.0.1/8"],
  [{}, "one without a name has no port"],
  [null, "one without a name has no port"],
  [[7], "one without a name has no port"],
];

for (const [entry, read] of entries) {
  test(`${JSON.stringify(entry)}: ${read}`, () => {
    const instances = readInstances(JSON.stringify([entry]));
    assert.ok(typeof instances === "object");
    const { usable, unusable } = instances;
    assert.deepEqual([...usable.map(({ host, port }) => `${host}:${port}`), ...unusable], [read]);
  });
}

test("names are looked up, and keep their addresses when that fails", async () => {
  const dns = new Map([["cart.example", ["10.0.0.1", "10.0.0.2"]]]);
  const locate = createLocator(async (name) => {
    const found = dns.get(name);
    if (!found) throw Object.assign(new Error(name), { code: "ENOTFOUND" });
    return found;
  });
  const named = { label: "a", host: "cart.example", port: 80 };
  const plain = { label: "b", host: "10.0.0.9", port: 81 };
  const addresses = [
    { address: "10.0.0.1", port: 80 },
    { address: "10.0.0.2", port: 80 },
    { address: "10.0.0.9", port: 81 },
  ];
  assert.deepEqual(await locate([named, plain]), { endpoints: addresses, nowhere: [] });
  dns.clear();
  assert.deepEqual(await locate([named, plain]), { endpoints: addresses, nowhere: [] });
  const stranger = { label: "c", host: "other.example", port: 80 };
  assert.deepEqual(await locate([stranger, plain]), {
    endpoints: addresses.slice(2),
    nowhere: ["c has the name other.example, which has no address"],
  });
  assert.deepEqual((await locate([named])).endpoints, []);
});
