/**
 * What a real Envoy does not do with scopes that it was sent: one whose last listener goes forgets them, and asks for
 * nothing when there is a listener again; one that refuses a response keeps those of its scopes that stand before the
 * bad one, without a word to its workers, and takes no notice when it is sent them again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@bufbuild/protobuf";
import { answerOf } from "../answer.ts";
import { freePort } from "../envoy/free-port.ts";
import { encode, listener, put } from "./resources.ts";
import { until } from "./running.ts";
import { startServedEnvoy } from "./served-envoy.ts";

const routing: { [field: string]: JsonValue } = {
  scoped_routes: {
    name: "scopes",
    scope_key_builder: {
      fragments: [{ header_value_extractor: { name: "x-scope", element_separator: ":", index: 0 } }],
    },
    scoped_rds: { scoped_rds_config_source: { ads: {}, resource_api_version: "V3" } },
  },
};

const scope = (name: string, text: string, match: JsonValue = { prefix: "/" }) =>
  encode("scope", name, {
    name,
    key: { fragments: [{ string_key: name }] },
    route_configuration: {
      name,
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match, direct_response: { status: 200, body: { inline_string: text } } }],
        },
      ],
    },
  });

/** Empty while nobody listens, or nobody any more. */
function ask(port: number, name = "a"): Promise<string> {
  return answerOf({ port, headers: { "x-scope": name } }).then(
    ({ body }) => body,
    () => "",
  );
}

test("scopes are there again when a listener is", async () => {
  const port = await freePort();
  const envoy = await startServedEnvoy({}, { drainSeconds: 1 });
  try {
    envoy.xds.update(put(listener("one", port, routing), scope("a", "before")));
    envoy.xds.open();
    await until(async () => (await ask(port)) === "before");
    envoy.xds.update([{ type: "listener", name: "one" }]);
    await until(async () => !(await envoy.admin.get("/config_dump")).body.includes("scoped_route_configs"));
    envoy.xds.update(put(scope("a", "meanwhile")));
    envoy.xds.update(put(listener("one", port, routing)));
    await until(async () => (await ask(port)) === "meanwhile");
  } finally {
    await envoy.close();
  }
});

test("scopes are served that were sent together with one that Envoy refuses", async () => {
  const port = await freePort();
  const refused: string[] = [];
  const envoy = await startServedEnvoy({ onRefusal: ({ name }) => void refused.push(name) });
  const names = ["a", "b", "c", "d", "e"];
  const isBad = (name: string) => name === "d";
  const put5 = (text: string) =>
    put(...names.map((name) => scope(name, text, isBad(name) ? { safe_regex: { regex: "/(" } } : { prefix: "/" })));
  try {
    envoy.xds.update([...put(listener("one", port, routing)), ...put5("first")]);
    envoy.xds.open();
    for (const text of ["first", "second"]) {
      await envoy.xds.whenAcknowledged(envoy.xds.update(put5(text)));
      const good = names.filter((name) => !isBad(name));
      assert.deepEqual(
        await Promise.all(good.map((name) => ask(port, name))),
        good.map(() => text),
      );
    }
    assert.deepEqual(refused, ["d", "d"]);
  } finally {
    await envoy.close();
  }
});
