/**
 * What each kind of edit sends to Envoy, among 10,000 Mappings on 200 Hosts: which resources, in which order, and not
 * more bytes than they have; for tables as a whole, and with a resource for each name. Over a real stream; the
 * compiler's share alone is in the goldens' `touched.txt`.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Compiler, type CompilerEdit, defaultSettings, encodedBytes, openCompiler } from "#compiler";
import { scopeName } from "../../src/compiler/envoy/shape/scope-name.ts";
import { serveXds, type XdsServer } from "../../src/control/xds/server.ts";
import { hostname } from "../bench/generate.ts";
import { type DeltaClient, openDeltaClient, type Received } from "./delta-client.ts";
import { editKinds, objects, shape } from "./edit-kinds.ts";

const byName = ["endpoints", "secret", "extension", "routes"] as const;

/** No Listener is among the objects, so there is a table for each of the two ports that open by themselves. */
const tables = ["all/xfp/open", "cleartext-8080/xfp/open"];

/** What the frame of a response and of each of its resources may add. */
const frameBytes = 300;

for (const routeTables of ["table", "scoped"] as const) {
  describe(`routes in the layout ${routeTables}`, () => {
    let directory: string;
    let xds: XdsServer;
    let client: DeltaClient;
    let compiler: Compiler;
    const asked = new Set<string>();

    before(async () => {
      compiler = openCompiler({ ...defaultSettings, routeTables });
      directory = await mkdtemp(join(tmpdir(), "dragoman-edits-"));
      const socketPath = join(directory, "xds.sock");
      xds = await serveXds({ socketPath, order: { removalGraceMs: 0 } });
      client = openDeltaClient(socketPath);
      if (routeTables === "scoped") client.subscribe("scope", ["*"]);
      await serve([...objects].map(([at, value]) => ({ kind: "object", key: at, value })));
    });
    after(async () => {
      client.close();
      await xds.close();
      await rm(directory, { recursive: true, force: true });
    });

    /** Commits edits, and gives what was sent until the client had acknowledged everything. */
    async function serve(edits: readonly CompilerEdit[]): Promise<readonly Received[]> {
      compiler.apply(edits);
      const number = xds.update(compiler.commit().resources);
      xds.open();
      for (const type of byName) {
        const names = [...xds.snapshot.names(type)].filter((name) => !asked.has(`${type} ${name}`));
        for (const name of names) asked.add(`${type} ${name}`);
        if (names.length > 0) client.subscribe(type, names);
      }
      await xds.whenAcknowledged(number);
      return client.take();
    }

    for (const { what, edits, sent, names } of editKinds) {
      test(what, async () => {
        const received = await serve(edits);
        const routes = routeTables === "table" ? tables.map((table) => `routes ${table}`) : scopes(names);
        assert.deepEqual(
          lines(received),
          sent.flatMap((line) => (line === "tables" ? routes : line)),
        );
        for (const { type, names, bytes } of received) {
          const resources = names.map((name) => xds.snapshot.get(type, name));
          const own = resources.reduce((sum, one) => sum + (one ? encodedBytes(one).length : 0), 0);
          assert.ok(bytes <= own + frameBytes * (names.length + 1), `${type}: ${bytes} bytes for ${own}`);
        }
      });
    }
  });
}

/** The scopes of some names, as lines. */
function scopes(names: readonly string[]): readonly string[] {
  const all = Array.from({ length: shape.hosts }, (_, i) => hostname(i));
  const each = names.flatMap((name) => (name === "*" ? all : name));
  return tables
    .flatMap((table) =>
      each.map((name) => {
        const [gone, host] = name.startsWith("-") ? ["-", name.slice(1)] : ["", name];
        return `scope ${gone}${scopeName(`${table}|${host}`)}`;
      }),
    )
    .sort();
}

/**
 * One response a line; what is removed has a minus, and the hash in a cluster's name is left out. Of scopes each is a
 * line, because how many of them share a response is not what this is about, and they come in no order.
 */
function lines(received: readonly Received[]): readonly string[] {
  const short = (name: string): string => name.replace(/~\w+$/, "");
  // A new secret is asked for on the way, so it may come at any time.
  const sorted = received.toSorted((a, b) => Number(a.type === "secret") - Number(b.type === "secret"));
  const all = sorted.flatMap(({ type, names, removed }) => {
    const each = [...names.map(short), ...removed.map((name) => `-${short(name)}`)];
    return type === "scope" ? each.map((name) => `scope ${name}`) : [[type, ...each].join(" ")];
  });
  const scopes = all.filter((line) => line.startsWith("scope ")).sort();
  return all.map((line) => (line.startsWith("scope ") ? (scopes.shift() ?? line) : line));
}
