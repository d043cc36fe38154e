/** Who else writes a status, and how often ours is written then. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Log } from "#base/log.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure, NoAnswer } from "../kube/failure.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { openStatusWriter } from "./writer.ts";

const { signal } = new AbortController();
const ref = { group: "getambassador.io", kind: "Host", namespace: "default", name: "a" };
const resource = { group: ref.group, version: "v3alpha1", kind: "Host", plural: "hosts", namespaced: true };

function object(resourceVersion: number, generation: number): ClusterObject {
  const raw = { ref, version: "v3alpha1", labels: {}, annotations: {}, body: {} };
  const version = String(resourceVersion);
  return { raw, resource, uid: "1", resourceVersion: version, manifestVersion: "1", generation, status: {} };
}

function openTest(answer: () => void = () => undefined) {
  const written: string[] = [];
  const said: string[] = [];
  const log: Log = (_level, message) => void said.push(message);
  const ask = async ({ body }: { readonly body?: unknown }) => {
    answer();
    written.push((body as { readonly status: { readonly state: string } }).status.state);
  };
  let time = 0;
  const writer = openStatusWriter({ ask } as unknown as Client, log, () => time);
  const later = (seconds: number): void => {
    time += seconds * 1000;
  };
  const write = (at: ClusterObject, state: string) => writer.write([{ object: at, change: { state } }], signal);
  const writeAll = (count: number) => {
    const objects = Array.from({ length: count }, (_, i) => ({ ...object(1, 1), uid: String(i) }));
    return writer.write(
      objects.map((one) => ({ object: one, change: { state: "Ready" } })),
      signal,
    );
  };
  return { written, said, write, writeAll, later, owes: () => writer.owes };
}

test("somebody who insists is let be after a few times, and that is said once", async () => {
  const { written, said, write } = openTest();
  for (let version = 1; version < 50; version++) await write(object(version, 1), "Ready");
  equal(written.length, 5);
  deepEqual(said, ["Host default/a: somebody else keeps writing its status; ours waits five minutes"]);
});

test("an object that is edited to and fro is told each time", async () => {
  const { written, said, write } = openTest();
  for (let edit = 1; edit < 20; edit++) await write(object(edit, edit), edit % 2 === 0 ? "Ready" : "Error");
  equal(written.length, 19);
  deepEqual(said, []);
});

test("what has been written and is not seen yet is not written again, and no circle", async () => {
  const { written, said, write } = openTest();
  for (let look = 0; look < 20; look++) await write(object(1, 1), "Ready");
  deepEqual([written, said], [["Ready"], []]);
});

test("a server that is away is asked now and then, and that is no circle", async () => {
  let [fails, asked] = [true, 0];
  const { written, said, write, later, owes } = openTest(() => {
    asked++;
    if (fails) throw new NoAnswer("no answer");
  });
  for (let second = 0; second < 120; second++, later(1)) {
    await write(object(1, 1), "Ready");
    equal(owes(), true);
  }
  equal(asked >= 5 && asked <= 12, true, `asked ${asked} times`);
  deepEqual(said, ["statuses cannot be written for now"]);
  fails = false;
  later(30);
  await write(object(1, 1), "Ready");
  deepEqual([written, owes(), said.length], [["Ready"], false, 1]);
});

test("while it is away, the rest need not find that out", async () => {
  let asked = 0;
  const busy = () => {
    asked++;
    throw new ApiFailure(429, {}, 5000);
  };
  const { write, writeAll, later } = openTest(busy);
  await writeAll(1000);
  equal(asked <= 8, true, `asked ${asked} times`);
  later(4);
  await write(object(2, 1), "Ready");
  equal(asked <= 8, true, "sooner than it wants");
});

test("what is not permitted is told once, and tried again after a minute", async () => {
  let [permitted, asked] = [false, 0];
  const { written, said, write, writeAll, later } = openTest(() => {
    asked++;
    if (!permitted) throw new ApiFailure(403, { message: "forbidden" });
  });
  for (let minute = 0; minute < 5; minute++, later(61)) await writeAll(100);
  equal(asked <= 5 * 8, true, `asked ${asked} times`);
  equal(said.length, 1);
  permitted = true;
  await write(object(2, 1), "Ready");
  deepEqual(written, ["Ready"]);
});
