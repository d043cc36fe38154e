import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { newAccountKeyPem, readAccountKey } from "../../src/services/acme/account-key.ts";
import { NoAuthority, RequestRefused } from "../../src/services/acme/problem.ts";
import { openSession } from "../../src/services/acme/session.ts";
import { openTransport, type Transport } from "../../src/services/acme/transport.ts";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";

type Listener = NonNullable<Parameters<typeof createServer>[1]>;

/** Works with a transport to a server that is no authority but behaves as told. */
async function withServer(
  listener: Listener,
  work: (transport: Transport, origin: string) => Promise<void>,
  answerTimeoutMs = 60_000,
): Promise<void> {
  const identity = makeIdentity({ name: "server", dnsNames: ["127.0.0.1"] });
  const cert = pem("CERTIFICATE", identity.certificate);
  const server: Server = createServer({ cert, key: keyPem(identity.key) }, listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const transport = openTransport({ trusted: [cert], answerTimeoutMs });
  try {
    await work(transport, `https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    await transport.close();
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

test("redirects are followed where nothing is signed, three times at most and never to cleartext", async () => {
  const listener: Listener = (request, response) => {
    const [, path = "", count = "0"] = (request.url ?? "").split("/");
    const to = path === "clear" ? "http://127.0.0.1/" : `/down/${Number(count) - 1}`;
    const status = path === "down" && count === "0" ? 200 : 302;
    response.writeHead(status, { location: to }).end(request.method);
  };
  await withServer(listener, async (transport, origin) => {
    const ask = (path: string, method: "GET" | "POST" = "GET") => transport.ask({ method, url: `${origin}${path}` });
    assert.equal((await ask("/down/3")).status, 200);
    await assert.rejects(ask("/down/4"), /redirects more than 3 times/);
    await assert.rejects(ask("/clear/0"), /"http:\/\/127.0.0.1\/" is not the https address/);
    assert.equal((await ask("/down/3", "POST")).status, 302);
  });
});

test("an answer that is too long, or never ends, is given up", async () => {
  const listener: Listener = (request, response) => {
    if (request.url === "/never") return;
    response.writeHead(200, request.url === "/said" ? { "content-length": 2 << 20 } : {});
    response.on("error", () => response.destroy());
    const more = (): void => {
      while (response.write("x".repeat(65_536)));
      response.once("drain", more);
    };
    more();
  };
  const work = async (transport: Transport, origin: string): Promise<void> => {
    for (const path of ["/said", "/endless"]) {
      await assert.rejects(transport.ask({ method: "GET", url: origin + path }), /has more than 1 MiB/);
    }
    await assert.rejects(transport.ask({ method: "GET", url: `${origin}/never` }), /\/never: no answer in 0.5 s$/);
    const stopped = AbortSignal.abort(new Error("stopped"));
    await assert.rejects(transport.ask({ method: "GET", url: origin, signal: stopped }), /^Error: stopped$/);
  };
  await withServer(listener, work, 500);
});

test("how long an overloaded authority wants to be left alone is told, with its words", async () => {
  const listener: Listener = (request, response) => {
    const origin = `https://${request.headers.host}`;
    response.setHeader("replay-nonce", "abc");
    if (request.url === "/dir") {
      const places = ["newNonce", "newAccount", "newOrder", "revokeCert", "keyChange"];
      response.end(JSON.stringify(Object.fromEntries(places.map((place) => [place, `${origin}/${place}`]))));
    } else if (request.url === "/newOrder") {
      const problem = { type: "urn:ietf:params:acme:error:rateLimited", detail: "too many \u001b[2Jcertificates" };
      response.writeHead(429, { "retry-after": "7200" }).end(JSON.stringify(problem));
    } else response.writeHead(503, { "retry-after": "30" }).end("<html>busy</html>");
  };
  await withServer(listener, async (transport, origin) => {
    const session = openSession({ transport, authority: `${origin}/dir` });
    const key = await readAccountKey(newAccountKeyPem());
    const thrown = (url: string) => session.post(url, { key }, {}).catch((error: unknown) => error);
    const limited = await thrown(`${origin}/newOrder`);
    assert.ok(limited instanceof RequestRefused);
    assert.equal(limited.retryAfterMs, 7_200_000);
    assert.equal(
      limited.message,
      `acme: error: 429 :: POST :: ${origin}/newOrder :: urn:ietf:params:acme:error:rateLimited :: too many \\u001b[2Jcertificates`,
    );
    const busy = await thrown(`${origin}/other`);
    assert.ok(busy instanceof NoAuthority);
    assert.equal(busy.retryAfterMs, 30_000);
  });
});
