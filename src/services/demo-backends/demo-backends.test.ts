import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { type DemoBackends, startDemoBackends } from "./index.ts";
import { maxBodyBytes } from "./listen.ts";

let backends: DemoBackends;
const get = (port: number, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: "close", ...init.headers } });

before(async () => {
  backends = await startDemoBackends({ echoPort: 0, quotePort: 0 });
});
after(() => backends.close());

test("quote answers JSON with the same server name each time", async () => {
  const first = await get(backends.quotePort, "/");
  assert.equal(first.status, 200);
  assert.equal(first.headers.get("content-type"), "application/json");
  const quote = (await first.json()) as Record<string, string>;
  assert.deepEqual(Object.keys(quote), ["server", "quote", "time"]);
  assert.match(quote.server ?? "", /^[a-z]+-[a-z]+-[a-z0-9]{4}$/);
  assert.equal(new Date(quote.time ?? "").toISOString(), quote.time);
  const second = (await (await get(backends.quotePort, "/get-quote/?x=1")).json()) as Record<string, string>;
  assert.equal(second.server, quote.server);
});

test("quote says what it does not have", async () => {
  assert.equal((await get(backends.quotePort, "/nowhere")).status, 404);
  const posted = await get(backends.quotePort, "/", { method: "POST", body: "x" });
  assert.equal(posted.status, 405);
  assert.equal(posted.headers.get("allow"), "GET, HEAD");
  assert.equal(await (await get(backends.quotePort, "/health")).text(), "ok\n");
});

test("echo shows the request line, every header and the client", async () => {
  const response = await get(backends.echoPort, "/a//b?q=1", {
    method: "PUT",
    headers: { "x-seen": "yes" },
    body: "hello",
  });
  assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
  const lines = (await response.text()).split("\n");
  assert.equal(lines[0], "PUT /a//b?q=1 HTTP/1.1");
  assert.ok(lines.includes(`Host: 127.0.0.1:${backends.echoPort}`));
  assert.ok(lines.includes("X-Seen: yes"));
  assert.ok(lines.some((line) => /^Client: 127\.0\.0\.1:\d+$/.test(line)));
  assert.ok(lines.includes("hello"));
});

test("echo answers JSON when it is asked for", async () => {
  for (const [path, accept] of [
    ["/x?format=json", "*/*"],
    ["/x", "application/json"],
  ] as const) {
    const response = await get(backends.echoPort, path, { headers: { accept } });
    const seen = (await response.json()) as { method: string; path: string; headers: string[][] };
    assert.equal(seen.method, "GET");
    assert.equal(seen.path, path);
    assert.ok(seen.headers.some(([name, value]) => name === "accept" && value === accept));
  }
});

test("a body beyond the limit is refused", async () => {
  assert.equal(await post(maxBodyBytes + 1), 413);
  assert.equal(await post(maxBodyBytes), 200);
});

async function post(bytes: number): Promise<number | undefined> {
  const outgoing = request({ host: "127.0.0.1", port: backends.echoPort, method: "POST", agent: false });
  outgoing.end(Buffer.alloc(bytes, "a"));
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

test("a taken port gives one sentence and leaves nothing bound", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  assert.ok(address !== null && typeof address === "object");
  await assert.rejects(startDemoBackends({ echoPort: 0, quotePort: address.port }), {
    message: `the quote backend cannot listen on 127.0.0.1:${address.port}: the port is taken by another program.`,
  });
  await new Promise((resolve) => taken.close(resolve));
});

test("close ends connections that are kept alive", async () => {
  const own = await startDemoBackends({ echoPort: 0, quotePort: 0 });
  await (await fetch(`http://127.0.0.1:${own.echoPort}/`)).text();
  await own.close();
  await assert.rejects(fetch(`http://127.0.0.1:${own.echoPort}/`));
});
