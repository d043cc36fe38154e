/** Whose data is kept, with an API server that answers what a test says. */
import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import type { ApiRequest } from "../../kube/client.ts";
import { ApiFailure, NoAnswer } from "../../kube/failure.ts";
import { type ClusterObject, keepObject } from "./object.ts";
import { openSecretData } from "./secret-data.ts";

const resource = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };
const manifest = (name: string, resourceVersion: string, certificate = "Yw==", uid = "u") => ({
  metadata: { name, namespace: "default", uid, resourceVersion },
  type: "kubernetes.io/tls",
  data: certificate === "" ? {} : { "tls.crt": certificate },
});
const path = "/api/v1/namespaces/default/secrets";
const whole = { type: "kubernetes.io/tls", data: { "tls.crt": "Yw==" } };
const withheld = { type: "kubernetes.io/tls", withheld: ["tls.crt"] };

let stop = new AbortController();
afterEach(() => {
  stop.abort();
  stop = new AbortController();
});

type Answer = (request: ApiRequest) => unknown;

function open(answer: Answer = () => assert.fail("nothing is to be fetched"), times = {}) {
  const asked: string[] = [];
  const lines: string[] = [];
  const changes: (readonly [string, unknown])[] = [];
  const heard = new Set<() => void>();
  const data = openSecretData({
    client: {
      ask: async (request) => {
        asked.push([request.path, request.query?.["fieldSelector"]].filter(Boolean).join(" "));
        return answer(request);
      },
    },
    log: (_, message) => void lines.push(message),
    signal: stop.signal,
    onBug: (error) => assert.fail(String(error)),
    onChange(some) {
      for (const [key, { raw }] of some) changes.push([key, raw.body]);
      for (const hear of heard) hear();
    },
    ...times,
  });
  /** As a reflector does it: what arrives is decoded, stored, and used. */
  const arrive = (name: string, version: string, certificate?: string, uid?: string): ClusterObject | undefined => {
    const key = `default/${name}`;
    return data.arrived(key, data.keep(key, keepObject(manifest(name, version, certificate, uid), resource)));
  };
  const changed = () => new Promise<void>((resolve) => heard.add(resolve));
  return { data, arrive, asked, lines, changes, changed };
}

const wanting = (...names: readonly string[]) => new Set(names.map((name) => `default/${name}`));

describe("data of Secrets", () => {
  test("is kept until it is known what is referred to, and then dropped where nothing does", async () => {
    const { data, arrive, changes, changed } = open(undefined, { graceMs: 0 });
    assert.deepEqual(arrive("used", "1")?.raw.body, whole);
    assert.deepEqual(arrive("other", "1")?.raw.body, whole);
    assert.equal(data.want(wanting("used")), undefined);
    await changed();
    assert.deepEqual(changes, [["default/other", withheld]]);
  });

  test("is never stored where nothing refers to it: one that is rotated is the same as before", () => {
    const { data, arrive } = open();
    assert.equal(data.want(wanting("missing")), undefined);
    const stored = data.keep("default/other", keepObject(manifest("other", "1"), resource));
    assert.doesNotMatch(JSON.stringify(stored), /Yw==/);
    assert.deepEqual(arrive("other", "2")?.raw, arrive("other", "3", "ZA==")?.raw);
    assert.deepEqual(arrive("missing", "4")?.raw.body, whole);
  });

  test("is fetched when something begins to refer to it, once, and everything waits for it", async () => {
    const { data, arrive, asked, changes } = open(() => manifest("other", "1"));
    void data.want(wanting());
    assert.deepEqual(arrive("other", "1")?.raw.body, withheld);
    const now = wanting("other", "missing");
    const awaited = data.want(now);
    assert.ok(awaited);
    assert.ok(data.want(now));
    await awaited;
    assert.deepEqual(changes, [["default/other", whole]]);
    assert.deepEqual(asked, [`${path}/other`]);
    assert.equal(data.want(now), undefined);
    assert.deepEqual(arrive("other", "2", "ZA==")?.raw.body["data"], { "tls.crt": "ZA==" });
  });

  test("is fetched for one that arrives while its reference does", async () => {
    const { data, changes } = open(() => manifest("late", "1"));
    void data.want(wanting());
    const stored = data.keep("default/late", keepObject(manifest("late", "1"), resource));
    const now = wanting("late");
    assert.equal(data.want(now), undefined);
    assert.deepEqual(data.arrived("default/late", stored)?.raw.body, withheld);
    await data.want(now);
    assert.deepEqual(changes, [["default/late", whole]]);
  });

  test("never goes back: what was fetched is ahead of older news, but not of another object or a newer version", async () => {
    const { data, arrive } = open(() => manifest("other", "7", "Nw=="));
    void data.want(wanting());
    arrive("other", "5");
    await data.want(wanting("other"));
    assert.equal(arrive("other", "6", "Ng=="), undefined);
    assert.deepEqual(arrive("other", "7", "Nw==")?.raw.body["data"], { "tls.crt": "Nw==" });
    // A store that was put back to an earlier day.
    assert.deepEqual(arrive("other", "3", "Mw==")?.raw.body["data"], { "tls.crt": "Mw==" });
  });

  test("that arrives by itself meanwhile is not replaced by what was asked for before", async () => {
    const answer = Promise.withResolvers<unknown>();
    const { data, arrive, changes } = open(() => answer.promise);
    void data.want(wanting());
    arrive("other", "5");
    const awaited = data.want(wanting("other"));
    assert.deepEqual(arrive("other", "8", "OA==")?.raw.body["data"], { "tls.crt": "OA==" });
    answer.resolve(manifest("other", "5"));
    await awaited;
    assert.deepEqual(changes, []);
  });

  test("of one that is gone meanwhile is dropped", async () => {
    const answer = Promise.withResolvers<unknown>();
    const { data, arrive, changes } = open(() => answer.promise);
    void data.want(wanting());
    arrive("other", "5");
    const awaited = data.want(wanting("other"));
    data.gone("default/other");
    answer.resolve(manifest("other", "5"));
    await awaited;
    assert.deepEqual(changes, []);
  });

  test("is fetched again while the API server does not answer", async () => {
    let failures = 2;
    const { data, arrive, asked, changes } = open(() => {
      if (failures-- > 0) throw failures === 1 ? new NoAnswer("away") : new ApiFailure(503, undefined);
      return manifest("other", "1");
    });
    void data.want(wanting());
    arrive("other", "1");
    await data.want(wanting("other"));
    assert.equal(asked.length, 3);
    assert.deepEqual(changes, [["default/other", whole]]);
  });

  test("is listed by name where it may not be got", async () => {
    const { data, arrive, asked, changes } = open(({ query }) => {
      if (query) return { items: [manifest("other", "1")] };
      throw new ApiFailure(403, undefined);
    });
    void data.want(wanting());
    arrive("other", "1");
    await data.want(wanting("other"));
    assert.deepEqual(asked, [`${path}/other`, `${path} metadata.name=other`]);
    assert.deepEqual(changes, [["default/other", whole]]);
  });

  test("is waited for no longer when it is refused, or late; it is fetched all the same", async () => {
    let answer: Answer = () => {
      throw new ApiFailure(403, { message: "no" });
    };
    const { data, arrive, lines, changes, changed } = open((request) => answer(request), { patienceMs: 50 });
    void data.want(wanting());
    arrive("refused", "1");
    const now = wanting("refused");
    await data.want(now);
    assert.equal(data.want(now), undefined);
    assert.match(
      lines.join(),
      /Secret default\/refused cannot be fetched, and TLS is not served with it until it can: no/,
    );
    answer = () => ({ items: [manifest("refused", "1")] });
    await changed();
    assert.deepEqual(changes, [["default/refused", whole]]);
    answer = () => new Promise(() => undefined);
    arrive("late", "1");
    await data.want(wanting("late"));
    assert.match(lines.join(), /Secret default\/late cannot be fetched.*has not answered yet/);
  });

  test("that holds no certificate is nothing to fetch", () => {
    const { data, arrive } = open();
    void data.want(wanting("empty"));
    assert.deepEqual(arrive("empty", "1", "")?.raw.body, { type: "kubernetes.io/tls", data: {} });
  });
});
