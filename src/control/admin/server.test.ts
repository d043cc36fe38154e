/**
 * The admin interface: who is answered, and how wrong questions are.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { answerOf, type Question } from "../../../test/answer.ts";
import { type AdminAnswer, type AdminServer, type Answering, answerOnPort, answerOnSocket } from "./server.ts";

function* brokenPieces(): Iterable<string> {
  yield "begun";
  throw new Error("another bug");
}

describe("admin interface", () => {
  let directory: string;
  let socketPath: string;
  let onSocket: AdminServer;
  let onPort: AdminServer;
  const logged: string[] = [];
  const held = Promise.withResolvers<AdminAnswer>();
  const begun = { ...Promise.withResolvers<void>(), isBegun: false };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "dragoman-admin-"));
    socketPath = join(directory, "control.sock");
    const answering: Answering = {
      isPublic: (path) => path === "/public",
      atOnce: { "/long": 1 },
      log: (_, message) => void logged.push(message),
      endpoints: {
        "/text": () => ({ body: "text\n" }),
        "/below/": ({ path }) => ({ body: { path } }),
        "/public": () => ({ body: "public\n" }),
        "/echo": ({ input }) => ({ body: { input } }),
        "/broken": () => Promise.reject(new Error("a bug")),
        "/broken-pieces": () => ({ pieces: brokenPieces() }),
        "/long": () => {
          if (begun.isBegun) return { body: "another\n" };
          begun.isBegun = true;
          begun.resolve();
          return held.promise;
        },
        "/pieces": () => ({ pieces: Array.from({ length: 3000 }, (_, i) => `${i} `.padStart(100)), type: "text/x" }),
      },
    };
    onSocket = await answerOnSocket(socketPath, answering);
    onPort = await answerOnPort({ port: 0, address: "127.0.0.1" }, answering);
  });
  after(async () => {
    await Promise.all([onSocket.close(), onPort.close()]);
    await rm(directory, { recursive: true });
  });

  async function ask(path: string, { overPort, ...question }: Question & { overPort?: boolean } = {}): Promise<string> {
    const where = overPort ? { port: onPort.port ?? 0 } : { socketPath };
    const { status, body } = await answerOf({ ...where, ...question, path });
    return `${status} ${body.trim()}`;
  }
  const json = { "content-type": "application/json" };

  test("answers on the socket and on the port", async () => {
    assert.equal(await ask("/text"), "200 text");
    assert.equal(await ask("/text?x=1", { overPort: true }), "200 text");
    assert.equal(await ask("/below/a/b"), '200 {"path":"/below/a/b"}');
    assert.equal(await ask("/echo", { method: "POST", headers: json, body: '{"a":1}' }), '200 {"input":{"a":1}}');
    assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
  });

  test("refuses a browser that was lured here, and questions that it does not understand", async () => {
    assert.equal(
      await ask("/text", { overPort: true, headers: { host: "evil.example" } }),
      "403 only for this machine",
    );
    assert.equal(await ask("/echo", { method: "POST", body: "{}" }), "415 application/json only");
    assert.match(await ask("/echo", { method: "POST", headers: json, body: "{" }), /^400 not JSON: /);
    assert.equal(await ask("/echo", { method: "POST", headers: json, body: "1".repeat(2_000_000) }), "413 too large");
    assert.equal(await ask("/text", { method: "DELETE" }), "405 GET or POST");
    assert.equal(await ask("/nothing%00"), "404 there is nothing at /nothing%00");
  });

  test("answers everyone where that is wanted", async () => {
    assert.equal(await ask("/public", { overPort: true, headers: { host: "evil.example" } }), "200 public");
    assert.equal(
      await ask("/public/", { overPort: true, headers: { host: "evil.example" } }),
      "403 only for this machine",
    );
  });

  test("sends a long answer piece by piece", async () => {
    const answer = await ask("/pieces", { overPort: true });
    assert.equal(answer.length, "200 ".length + 300_000 - 1 - (100 - "0 ".length));
    assert.match(answer, /^200 0 .* 2999$/);
    assert.equal(await ask("/pieces", { method: "HEAD" }), "200 ");
  });

  test("what is long is answered to few at a time", async () => {
    const first = ask("/long", { overPort: true });
    await begun.promise;
    assert.equal(await ask("/long", { overPort: true }), "503 busy with the same question; ask again");
    held.resolve({ body: "at last\n" });
    assert.equal(await first, "200 at last");
    assert.equal(await ask("/long", { overPort: true }), "200 another");
  });

  test("who opens many connections keeps nobody else out", async () => {
    const greedy = Array.from({ length: 64 }, () => connect({ host: "127.0.0.1", port: onPort.port ?? 0 }));
    await Promise.all(greedy.map((socket) => once(socket, "connect")));
    await assert.rejects(ask("/text", { overPort: true }), { code: "ECONNRESET" });
    assert.equal(await ask("/text", { overPort: true, localAddress: "127.0.0.2" }), "200 text");
    for (const socket of greedy) socket.destroy();
  });

  test("a bug costs one answer", async () => {
    assert.equal(await ask("/broken"), "500 internal error; see the log");
    await assert.rejects(ask("/broken-pieces"), { code: "ECONNRESET" });
    assert.deepEqual(logged, ["an admin request has failed", "an admin answer was broken off"]);
    assert.equal(await ask("/text"), "200 text");
  });
});
