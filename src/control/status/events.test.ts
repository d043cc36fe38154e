/** Which problems become Events, and when, where the server does not take them. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import type { Client } from "../kube/client.ts";
import { ApiFailure } from "../kube/failure.ts";
import type { ClusterObject } from "../sources/kubernetes/object.ts";
import { openEventWriter } from "./events.ts";

const { signal } = new AbortController();
const ref = { group: "getambassador.io", kind: "Host", namespace: "default", name: "a" };
const resource = { group: ref.group, version: "v2", kind: "Host", plural: "hosts", namespaced: true };
const raw = { ref, version: "v2", labels: {}, annotations: {}, body: {} };
const host: ClusterObject = {
  raw,
  resource,
  uid: "1",
  resourceVersion: "1",
  manifestVersion: "1",
  generation: 1,
  status: {},
};
const key = refKey(ref);
const problem = (message: string): Diagnostic => diagnose("tls/unusable-secret", { ref, path: ".spec" }, message);

function openTest(answer: () => void = () => undefined) {
  const [messages, said]: [string[], string[]] = [[], []];
  const ask = async ({ body }: { readonly body?: unknown }) => {
    answer();
    messages.push((body as { readonly message: string }).message);
  };
  const log = (_: string, message: string) => void said.push(message);
  const events = openEventWriter({ ask } as unknown as Client, log, () => "2026-01-01T00:00:00Z");
  return {
    messages,
    said,
    tell: (...problems: readonly Diagnostic[]) => events.tell([{ key, object: host, problems }], signal),
  };
}

test("each problem is told once, and again when it comes back", async () => {
  const { messages, tell } = openTest();
  await tell(problem("one"));
  await tell(problem("one"), problem("two"));
  deepEqual(messages, [".spec — one", ".spec — two"]);
  await tell(problem("two"));
  await tell(problem("one"), problem("two"));
  equal(messages.length, 3);
});

test("what the server does not take is kept, and it is left alone for a while", async (t) => {
  let [refuses, asked, time] = [true, 0, 0];
  t.mock.method(performance, "now", () => time);
  const { messages, said, tell } = openTest(() => {
    asked++;
    if (refuses) throw new ApiFailure(403, { message: "forbidden" });
  });
  for (let look = 0; look < 10; look++) await tell(problem("one"), problem("two"));
  equal(asked, 1);
  for (time = 61_000; time < 600_000; time += 61_000) await tell(problem("one"), problem("two"));
  equal(said.length, 1);
  match(said[0] ?? "", /events cannot be written; problems are only logged/);
  refuses = false;
  await tell(problem("one"), problem("two"));
  deepEqual(messages, [".spec — one", ".spec — two"]);
});

test("objects with something left to tell are given back", async (t) => {
  t.mock.method(performance, "now", () => 0);
  const { messages, tell } = openTest();
  const many = Array.from({ length: 150 }, (_, at) => problem(`number ${at}`));
  deepEqual([...new Set(await tell(...many))], [key]);
  equal(messages.length, 100);
  deepEqual(await tell(...many), []);
  equal(messages.length, 150);
});
