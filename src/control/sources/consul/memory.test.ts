/** What one process leaves for the next, and what becomes of it there. */
import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ConsulAnswer } from "#compiler";
import { watchConsul } from "./consul.ts";
import { openConsulMemory } from "./memory.ts";

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), "dragoman-memory-"));
});
after(() => rm(directory, { recursive: true }));

const unexpected = (error: unknown): never => {
  throw error;
};
const endpoints = [{ address: "127.0.0.1", port: 80 }];

test("endpoints are remembered, trouble is not, and only the owner may read them", async () => {
  const first = await openConsulMemory(directory, unexpected);
  assert.equal(first.remembered.size, 0);
  first.note("cart", { endpoints, trouble: "nothing listens there" });
  first.note("gone", { endpoints });
  first.note("gone", undefined);
  first.note("never", { trouble: "nothing listens there" });
  await first.close();
  const second = await openConsulMemory(directory, unexpected);
  assert.deepEqual([...second.remembered], [["cart", { endpoints }]]);
  assert.equal((await stat(join(directory, "consul.json"))).mode & 0o077, 0);
  await second.close();
});

test("a file that cannot be read is told, and written anew", async () => {
  await writeFile(join(directory, "consul.json"), "{");
  const told: unknown[] = [];
  const memory = await openConsulMemory(directory, (error) => told.push(error));
  assert.deepEqual([memory.remembered.size, told.length], [0, 1]);
  memory.note("cart", { endpoints });
  await memory.close();
  assert.equal((await openConsulMemory(directory, unexpected)).remembered.size, 1);
});

test("what nobody wants any more is forgotten", async () => {
  const said: (readonly [string, ConsulAnswer | undefined])[] = [];
  const watch = watchConsul((...one) => void said.push(one), {}, new Map([["cart", { endpoints }]]));
  watch.want([]);
  assert.deepEqual(said, [["cart", undefined]]);
  await watch.asked();
  await watch.close();
});
