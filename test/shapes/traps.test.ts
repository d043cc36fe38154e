/**
 * Where a route is found late, by the filter and not by Envoy itself, everything that Envoy judges before its filters
 * run would be judged without it. Each such thing has its test here: the answers are those of plain tables.
 */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import type { RawObject } from "#compiler";
import { rawResource } from "../raw-object.ts";
import { type Answer, startTwin, type Twin } from "./twins.ts";

const listener = { port: 8080, protocol: "HTTP", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } };
const spellings = ["exact.test", "EXACT.test", "any.wild.test", "Any.Wild.test", "large.test", "other.test"];

describe("a route that is found late", () => {
  const twins: Twin[] = [];
  let upstream: Server;
  let service: string;
  before(async () => {
    upstream = await startUpstream();
    service = `127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    for (const shape of ["table", "scoped", "pathed"] as const) twins.push(await startTwin(shape));
  });
  after(async () => {
    await Promise.all(twins.map((twin) => twin.close()));
    upstream.closeAllConnections();
    upstream.close();
  });

  /** What all shapes answer, by host; a difference fails. */
  async function answers(mapping: object, lines: readonly string[], more: readonly RawObject[] = []) {
    const requests = spellings.map((host) => [lines[0], `Host: ${host}`, ...lines.slice(1), "", ""].join("\r\n"));
    const all: (readonly Answer[])[] = [];
    for (const twin of twins) {
      await twin.serve([...configuration(service, mapping), ...more]);
      all.push(await twin.ask(requests));
    }
    const [plain = [], ...others] = all;
    for (const [i, other] of others.entries()) assert.deepEqual(other, plain, twins[i + 1]?.routeTables);
    return plain;
  }
  const statuses = (all: readonly Answer[]) => all.map(({ status }) => status);

  test("is upgraded if it allows that", async () => {
    const upgrade = ["GET /socket/ HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"];
    assert.deepEqual(
      statuses(await answers({ allow_upgrade: ["websocket"] }, upgrade)),
      spellings.map(() => 101),
    );
  });

  test("is upgraded to what nobody thought of, too", async () => {
    const upgrade = ["GET /socket/ HTTP/1.1", "Connection: Upgrade", "Upgrade: SPDY/3.1"];
    assert.deepEqual(
      statuses(await answers({ allow_upgrade: ["spdy/3.1"] }, upgrade)),
      spellings.map(() => 101),
    );
  });

  test("is not upgraded if it does not", async () => {
    const upgrade = ["GET /socket/ HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"];
    assert.deepEqual(
      statuses(await answers({}, upgrade)),
      spellings.map(() => 403),
    );
    const other = await answers({ allow_upgrade: ["spdy/3.1"] }, upgrade);
    assert.deepEqual(
      statuses(other),
      spellings.map(() => 403),
    );
  });

  test("is not upgraded where it redirects", async () => {
    const upgrade = ["GET /socket/ HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket"];
    const redirect = { host_redirect: true, service: "elsewhere.test" };
    assert.deepEqual(
      statuses(await answers(redirect, upgrade)),
      spellings.map(() => 403),
    );
  });

  test("has its own timeouts", async () => {
    const held = ["GET /socket/hold HTTP/1.1"];
    assert.deepEqual(
      statuses(await answers({ timeout_ms: 300 }, held)),
      spellings.map(() => 504),
    );
    assert.deepEqual(
      statuses(await answers({ timeout_ms: 0, idle_timeout_ms: 300 }, held)),
      spellings.map(() => 504),
    );
  });

  test("hides where it was found from upstreams, and from clients who claim to know", async () => {
    const claims = "x-dragoman-scope: all/xfp/open||wild\r\nX-Dragoman-Scope: b";
    const requests = spellings.map((host) => `GET /socket/headers HTTP/1.1\r\nHost: ${host}\r\n${claims}\r\n\r\n`);
    for (const twin of twins.filter(({ routeTables }) => routeTables !== "table")) {
      await twin.serve(configuration(service, {}));
      for (const { status, body } of await twin.ask(requests)) {
        assert.equal(status, 200);
        assert.match(body, /^host /);
        assert.doesNotMatch(body, /scope/);
      }
    }
  });

  test("is the one of its own host, though another would match", async () => {
    const hidden = rawResource(
      "Host",
      "v3alpha1",
      {
        hostname: "hidden.wild.test",
        requestPolicy: { insecure: { action: "Reject" } },
      },
      { name: "hidden" },
    );
    const requests = ["hidden.wild.test", "HIDDEN.wild.test", "seen.wild.test"].map(
      (host) => `GET /socket/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    );
    for (const twin of twins) {
      await twin.serve([...configuration(service, {}), hidden]);
      assert.deepEqual(statuses(await twin.ask(requests)), [404, 404, 200], twin.routeTables);
    }
  });
});

test("scopes have one name each", async () => {
  const twin = await startTwin("pathed");
  try {
    const resources = await twin.serve(configuration("127.0.0.1:1", {}));
    const scopes = resources.filter(({ type }) => type === "scope");
    assert.equal(new Set(scopes.map(({ name }) => name)).size, scopes.length);
    const dump = await twin.admin("/config_dump?resource=dynamic_scoped_route_configs");
    assert.match(dump, /large\.test/);
  } finally {
    await twin.close();
  }
});

function configuration(service: string, mapping: object): readonly RawObject[] {
  const hosts = ["*", "exact.test", "*.wild.test", "large.test"];
  const route = (hostname: string, i: number) =>
    rawResource(
      "Mapping",
      "v3alpha1",
      { hostname, prefix: "/socket/", rewrite: "", service, ...mapping },
      { name: `m${i}` },
    );
  const many = Array.from({ length: 600 }, (_, i) =>
    rawResource("Mapping", "v3alpha1", { hostname: "large.test", prefix: `/s${i}/`, service }, { name: `l${i}` }),
  );
  const policy = { requestPolicy: { insecure: { action: "Route" } } };
  return [
    rawResource("Listener", "v3alpha1", listener, { name: "http" }),
    ...hosts.map((hostname, i) => rawResource("Host", "v3alpha1", { hostname, ...policy }, { name: `h${i}` })),
    ...hosts.map(route),
    ...many,
  ];
}

/** It takes every upgrade, holds what asks for it, and tells the headers that it saw. */
async function startUpstream(): Promise<Server> {
  const server = createServer(({ url, headers }, response) => {
    if (url === "/socket/hold") return;
    response.end(url === "/socket/headers" ? Object.keys(headers).join(" ") : "");
  });
  server.on("upgrade", ({ headers }, socket) => {
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${headers.upgrade}\r\n\r\n`);
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}
