/**
 * The stage of a gate: a gateway on the scene, traffic on it, and at the end a report. How large it is, is said by the
 * environment: LOSS_RATE (requests per second), LOSS_MAPPINGS (beside the scene's), LOSS_DRAIN (seconds), LOSS_ROUNDS
 * (of everything at once, in an order that LOSS_SEED draws), LOSS_LATE (milliseconds: later clients make it void).
 */
import type { Manifests } from "./gateway.ts";
import { startGateway } from "./gateway.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { host, mapping } from "./manifests.ts";
import { type Result, report } from "./report.ts";
import type { Stage } from "./scenario.ts";
import { type Backends, scene, startBackends, steadyQuestions } from "./scene.ts";
import { startTraffic } from "./traffic.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

/** How large a run is. */
export const size = {
  rate: number("LOSS_RATE", 200),
  mappings: number("LOSS_MAPPINGS", 0),
  drainSeconds: number("LOSS_DRAIN", 3),
  rounds: number("LOSS_ROUNDS", 1),
  seed: number("LOSS_SEED", 1),
  mostLateMs: number("LOSS_LATE", Number.POSITIVE_INFINITY),
};

/** What a gate does on its stage. */
export type Performance = (stage: Stage & { readonly backends: Backends }) => Promise<void>;

/** Sets the stage, lets it be used, and gives the result, which is printed too. */
export async function withStage(
  gate: string,
  atFirst: Readonly<Record<string, readonly string[]>>,
  perform: Performance,
): Promise<Result> {
  const backends = await startBackends();
  const files = { ...scene(backends), ...bulk(backends) };
  const gateway = await startGateway({ files, drainSeconds: size.drainSeconds });
  let stopping: Promise<unknown> | undefined;
  try {
    const steady = Object.fromEntries(steadyQuestions.map(({ name }) => [name, ["200 steady"]]));
    const ledger: Ledger = openLedger({ ...steady, ...atFirst });
    const { ports } = gateway;
    const traffic = await startTraffic({ ports, rate: size.rate, ledger, steady: steadyQuestions });
    try {
      await Promise.race([perform({ gateway, traffic, ledger, backends }), traffic.overloaded]);
    } catch (error) {
      // Those who wait are answered by the end of the gateway.
      stopping = traffic.stop();
      throw new Error(`${ledger.scenario}: ${ledger.awaited()}\n${gateway.log()}`, { cause: error });
    }
    const pace = await traffic.stop();
    return report(gate, { pace, ledger, traffic });
  } finally {
    await gateway.close();
    backends.close();
    await stopping;
  }
}

const perFile = 100;

/** Mappings that nobody asks for, on hosts of their own. */
function bulk({ one }: Backends): Record<string, Manifests> {
  const all = Array.from({ length: size.mappings }, (_, i) =>
    mapping(`bulk-${i}`, one.address, { hostname: `shop-${i % perFile}.bulk.test`, timeout_ms: 3000 + (i % 7) }),
  );
  const files = Array.from({ length: Math.ceil(size.mappings / perFile) }, (_, i) => i);
  return {
    "host-bulk.yaml": [host("bulk", "*.bulk.test")],
    ...Object.fromEntries(files.map((i) => [`bulk-${i}.yaml`, all.slice(i * perFile, (i + 1) * perFile)])),
  };
}
