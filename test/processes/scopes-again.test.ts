/**
 * A real Envoy whose last listener goes forgets the scopes that it was sent, and asks for nothing when there is a
 * listener again: it is sent them once more.
 */

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

const scope = (text: string) =>
  encode("scope", "a", {
    name: "a",
    key: { fragments: [{ string_key: "a" }] },
    route_configuration: {
      name: "a",
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, direct_response: { status: 200, body: { inline_string: text } } }],
        },
      ],
    },
  });

/** Empty while nobody listens, or nobody any more. */
function ask(port: number): Promise<string> {
  return answerOf({ port, headers: { "x-scope": "a" } }).then(
    ({ body }) => body,
    () => "",
  );
}

test("scopes are there again when a listener is", async () => {
  const port = await freePort();
  const envoy = await startServedEnvoy({}, { drainSeconds: 1 });
  try {
    envoy.xds.update(put(listener("one", port, routing), scope("before")));
    envoy.xds.open();
    await until(async () => (await ask(port)) === "before");
    envoy.xds.update([{ type: "listener", name: "one" }]);
    await until(async () => !(await envoy.admin.get("/config_dump")).body.includes("scoped_route_configs"));
    envoy.xds.update(put(scope("meanwhile")));
    envoy.xds.update(put(listener("one", port, routing)));
    await until(async () => (await ask(port)) === "meanwhile");
  } finally {
    await envoy.close();
  }
});
