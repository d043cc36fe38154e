/** The HTTPS side: what is asked in the wrong way is told so, and a change of certificates ends no connection. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { after, before, test } from "node:test";
import type { TLSSocket } from "node:tls";
import { type Identity, makeAuthority, makeServerIdentity } from "./certificate.ts";
import { serveHealth } from "./health.ts";
import { type ReviewServer, serveReviews } from "./server.ts";

const name = "hook.ns.svc";
const hour = 3_600_000;
const validity = { from: Date.now() - hour, until: Date.now() + hour };
let authority: Identity;
let server: ReviewServer;
let agent: Agent;

before(async () => {
  authority = await makeAuthority(validity);
  const identity = await makeServerIdentity(name, authority, validity);
  server = await serveReviews({ address: "127.0.0.1", port: 0, identity, log: () => undefined });
  agent = new Agent({ keepAlive: true, ca: authority.certificate, maxSockets: 1 });
});
after(async () => {
  agent.destroy();
  await server.close();
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Buffer;
}

async function ask({ method = "POST", path = "/webhooks/crd-convert", body = "" }: Asked, by = agent) {
  const where = { host: "127.0.0.1", port: server.port, servername: name, agent: by };
  const outgoing = request({ ...where, method, path });
  outgoing.end(body);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  const serial = (response.socket as TLSSocket).getPeerCertificate().serialNumber;
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += String(part);
  return { status: response.statusCode, text, serial };
}

const review = JSON.stringify({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "ConversionReview",
  request: { uid: "u", desiredAPIVersion: "getambassador.io/v2", objects: [] },
});

test("a review is answered", async () => {
  const { status, text } = await ask({ body: review });
  assert.deepEqual(
    [status, JSON.parse(text)],
    [
      200,
      {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "ConversionReview",
        response: { uid: "u", convertedObjects: [], result: { status: "Success" } },
      },
    ],
  );
});

test("what is no review is refused", async () => {
  assert.equal((await ask({ path: "/" })).status, 404);
  assert.equal((await ask({ method: "GET" })).status, 405);
  assert.deepEqual(await ask({ body: "{" }).then(({ status, text }) => [status, text]), [400, "this is not JSON\n"]);
  const large = await ask({ body: Buffer.alloc((64 << 20) + 1, " ") });
  assert.equal(large.status, 413);
});

test("connections go on with another certificate, and new ones have it", async () => {
  const { serial } = await ask({ body: review });
  server.show(await makeServerIdentity(name, authority, validity));
  assert.equal((await ask({ body: review })).serial, serial);
  const other = new Agent({ ca: authority.certificate });
  assert.notEqual((await ask({ body: review }, other)).serial, serial);
});

test("a kubelet is told how it is", async () => {
  let why: string | undefined = "not yet";
  const health = await serveHealth({ address: "127.0.0.1", port: 0, unready: () => why });
  const probe = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${health.port}${path}`);
    return `${response.status} ${(await response.text()).trim()}`;
  };
  assert.equal(await probe("/probes/live"), "200 alive");
  assert.equal(await probe("/probes/ready"), "503 not yet");
  why = undefined;
  assert.equal(await probe("/probes/ready?x"), "200 ready");
  assert.match(await probe("/toString"), /^404/);
  await health.close();
});
