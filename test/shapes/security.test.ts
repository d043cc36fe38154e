/**
 * Nothing that protects can be passed by another spelling of a host: the requests of every golden case about a policy
 * that protects are sent with upper and mixed case, a trailing dot and a port, and are answered in every shape of
 * route tables as they are with plain ones.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { RouteTables } from "#compiler";
import { caseNames, type GoldenCase, readCase } from "../envoy/case-directory.ts";
import { send } from "../envoy/client.ts";
import { compileState } from "../envoy/compile-case.ts";
import { startEnvoy, type TestEnvoy } from "../envoy/envoy.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Bench, liveExpand, openBench } from "../envoy/golden.ts";
import { inputsOf } from "../envoy/manifests.ts";
import { parseProbes, type RequestSpec } from "../envoy/request-spec.ts";
import { parseTarget } from "../envoy/target.ts";

const protecting = /^(?:auth|ip-allow|rate-limit|tls|host)\//;
const spellings: Readonly<Record<string, (host: string) => string>> = {
  "as it is": (host) => host,
  "upper case": (host) => host.toUpperCase(),
  "mixed case": (host) => host.replaceAll(/[a-z](?=[a-z])/g, (letter) => letter.toUpperCase()),
  "trailing dot": (host) => host.replace(/(:\d+)?$/, ".$1"),
  "a port": (host) => `${host.replace(/:\d+$/, "")}:8443`,
};
const ports = ["8080", "8443", "8081", "8082", "8090", "8500", "9443"];

const cases = caseNames(process.env.CASE).filter(
  (name) => protecting.test(name) && existsSync(join(readCase(name).directory, "requests.yaml")),
);

describe("a host by any other spelling", () => {
  let plain: Side;
  let shaped: Side;
  let bench: Bench;
  before(async () => {
    [plain, shaped] = await Promise.all([openSide("table"), openSide("pathed")]);
    bench = openBench(plain.envoy);
  });
  after(async () => {
    await Promise.all([plain.envoy.close(), shaped.envoy.close()]);
    await bench.upstreams.close();
  });

  for (const name of cases) {
    test(name, async () => {
      const golden = readCase(name);
      const own = { ...bench, material: bench.material.fork() };
      const [inputs] = inputsOf(golden, await liveExpand(golden, own), golden.settings.namespace);
      assert.ok(inputs);
      const answers = async ({ envoy, bound, routeTables }: Side) => {
        const settings = { bindAddress: "127.0.0.1", ...golden.settings, ports: bound, routeTables };
        await envoy.serve(compileState(inputs, settings).resources);
        const statuses: Record<string, number | string> = {};
        for (const [label, spec] of variantsOf(golden)) {
          const port = bound[parseTarget(spec).port];
          assert.ok(port, `${label}: its port is not among those of this test`);
          const { status } = await send(spec, () => ({ host: "127.0.0.1", port }), own.material);
          statuses[label] = status ?? "no answer";
        }
        return statuses;
      };
      assert.deepEqual(await answers(shaped), await answers(plain));
    });
  }
});

interface Side {
  readonly envoy: TestEnvoy;
  readonly routeTables: RouteTables;
  /** Envoys share ports, so each has its own. */
  readonly bound: Readonly<Record<string, number>>;
}

async function openSide(routeTables: RouteTables): Promise<Side> {
  const bound: Record<string, number> = {};
  for (const port of ports) bound[port] = await freePort();
  return { envoy: await startEnvoy(), routeTables, bound };
}

function variantsOf({ directory }: GoldenCase): readonly (readonly [string, RequestSpec])[] {
  const probes = parseProbes(readFileSync(join(directory, "requests.yaml"), "utf8"), "requests.yaml");
  return probes
    .filter(({ request }) => request.url.startsWith("http") && request.http !== "3" && request.times === undefined)
    .flatMap(({ request }, i) =>
      Object.entries(spellings).map(([label, spell]) => {
        const { authority, hostname } = parseTarget(request);
        const spec = { ...request, host: spell(authority), sni: request.sni ?? hostname };
        return [`${i} ${label}: ${spec.host} ${request.url}`, spec] as const;
      }),
    );
}
