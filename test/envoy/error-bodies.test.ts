/** Bodies of error answers that stand-ins of golden cases do not send: large, in pieces, empty, without end. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { compile, defaultSettings } from "#compiler";
import { rawResource } from "../raw-object.ts";
import { startEnvoy, type TestEnvoy } from "./envoy.ts";
import { freePort } from "./free-port.ts";

type Send = (response: ServerResponse) => void;

/** More than Envoy holds of an answer. */
const large = Buffer.alloc(4 << 20, "x");

const bodies: Readonly<Record<string, Send>> = {
  large: (response) => response.setHeader("content-length", large.length).end(large),
  chunked: (response) => {
    response.write(large);
    response.write("and ");
    response.end("more");
  },
  "chunked and empty": (response) => {
    response.flushHeaders();
    response.end();
  },
  empty: (response) => response.setHeader("content-length", 0).end(),
  "without end": (response) => response.write("there is more to come"),
  "of too little": (response) => response.setHeader("content-length", 1000).write("less", () => response.destroy()),
};

const upstream = createServer((asked, response) => {
  response.statusCode = 404;
  bodies[decodeURIComponent(asked.url?.slice(1) ?? "")]?.(response);
});
let envoy: TestEnvoy;
let port: number;

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  port = await freePort();
  envoy = await startEnvoy();
  const error_response_overrides = [{ on_status_code: 404, body: { text_format: "no %REQ(X-THING)%" } }];
  const service = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const mapping = rawResource("Mapping", "v3alpha1", { hostname: "*", prefix: "/", service, error_response_overrides });
  const { resources } = compile([["mapping", mapping]], { settings: { ...defaultSettings, ports: { "8080": port } } });
  await envoy.serve(resources);
});
after(async () => {
  await envoy.close();
  upstream.closeAllConnections();
  upstream.close();
});

for (const name of Object.keys(bodies)) {
  test(`an error body ${name} is replaced`, async () => {
    const agent = new Agent({ keepAlive: true });
    const path = `/${encodeURIComponent(name)}`;
    const outgoing = request({ host: "127.0.0.1", port, path, headers: { "x-thing": "tea" }, agent });
    outgoing.end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    let body = "";
    for await (const chunk of response.setEncoding("utf8")) body += chunk;
    agent.destroy();
    assert.deepEqual([response.statusCode, response.headers["content-length"], body], [404, "6", "no tea"]);
  });
}
