/**
 * Gate B: changes of what filter chains are made of. Envoy ends the connections of those chains when the drain time is
 * over; which they are is announced, and everything else goes on.
 */
import { cleartextChains } from "./clients.ts";
import { host, mapping, module, ours, secret } from "./manifests.ts";
import type { Scenario } from "./scenario.ts";
import { type Backends, steadyQuestions } from "./scene.ts";

/** A scenario that ends the connections of some chains with its last step. */
export interface Draining extends Scenario {
  /** By the names that clients have for them. */
  readonly chains: readonly string[];
}

const all = [...cleartextChains, ...steadyQuestions.map((question) => question.host)];

/** All of them. */
export function draining({ one, steady }: Backends): readonly Draining[] {
  const passing = { name: "passing", host: "c.test", path: "/passing/" };
  const context = (min: string) =>
    ours("TLSContext", "b", { hosts: ["b.test"], secret: "b", min_tls_version: min, alpn_protocols: "h2,http/1.1" });
  return [
    {
      name: "a TLSContext changes",
      questions: [],
      chains: ["b.test"],
      steps: [
        {
          edit: ({ put }) =>
            put({ "host-b.yaml": [host("b", "b.test", { secret: "b", context: "b" }), context("v1.3")] }),
        },
      ],
    },
    {
      name: "a host with a chain of its own goes",
      questions: [passing],
      chains: ["c.test"],
      steps: [
        {
          edit: ({ put }) =>
            put({
              "host-c.yaml": [secret("c", "c.test", "c"), host("c", "c.test", { secret: "c" })],
              "passing.yaml": [mapping("passing", steady.address, { hostname: "c.test" })],
            }),
          served: { passing: "200 steady" },
        },
        // Connections that are there find no such host any more; new ones find no chain.
        {
          edit: ({ remove }) => remove("host-c.yaml", "passing.yaml"),
          served: { passing: ["404", "failed: ECONNRESET"] },
        },
      ],
    },
    {
      name: "the Module changes the connection manager",
      questions: [],
      chains: all,
      steps: [{ edit: ({ put }) => put({ "module.yaml": [module({ server_name: "another" })] }) }],
    },
    {
      name: "a TracingService comes",
      questions: [],
      chains: all,
      steps: [
        {
          edit: ({ put }) =>
            put({ "tracing.yaml": [ours("TracingService", "spans", { service: one.address, driver: "zipkin" })] }),
        },
      ],
    },
    {
      name: "a LogService comes",
      questions: [],
      chains: all,
      steps: [
        {
          edit: ({ put }) =>
            put({
              "log.yaml": [
                ours("LogService", "log", {
                  ...{ service: one.address, driver: "http", driver_config: {} },
                  ...{ grpc: true, protocol_version: "v3" },
                }),
              ],
            }),
        },
      ],
    },
  ];
}

/** How many chains the log has announced to end, from this position in it on. */
export function announced(log: string, from: number): number {
  const lines = log.slice(from).matchAll(/connections of (\d+) of its \d+ filter chains end/g);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}
