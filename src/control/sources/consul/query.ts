/**
 * Keeps asking Consul for one service: a question waits at Consul until something changes. What is known stays known
 * while Consul does not answer; trouble is told when it lasts, and at once where nothing is known.
 */
import { type BackOff, createBackOff } from "#base/back-off.ts";
import { equal } from "#base/equal.ts";
import type { ConsulAnswer, ConsulService } from "#compiler";
import { pauseUnlessAborted } from "../../kube/pause.ts";
import type { Instances } from "./answer.ts";
import { createLocator } from "./names.ts";
import { type Access, ask } from "./request.ts";

/** What a query needs and whom it tells. */
export interface QueryOptions {
  readonly service: ConsulService;
  readonly access: Access;
  /** What is known already. */
  readonly known?: ConsulAnswer | undefined;
  readonly signal: AbortSignal;
  /** How long Consul may keep a question. */
  waitSeconds(): number;
  publish(answer: ConsulAnswer): void;
}

/** Between failures. */
const failing = { shortestMs: 500, longestMs: 30_000, healthyMs: Number.POSITIVE_INFINITY };
/** Between answers that come at once: a service that never rests, or a Consul that does not wait. */
const hurried = { shortestMs: 200, longestMs: 5000, healthyMs: 1000 };

/** Asks until the signal; never rejects. */
export async function keepAsking(options: QueryOptions): Promise<void> {
  const { service, access, signal, waitSeconds, publish } = options;
  const locate = createLocator();
  const hurry = createBackOff(hurried, Math.random);
  let failures: BackOff | undefined;
  let index = 0n;
  let known = options.known ?? {};

  function tell(answer: ConsulAnswer): boolean {
    if (signal.aborted || equal(answer, known)) return false;
    known = answer;
    publish(answer);
    return true;
  }

  async function take(instances: Instances): Promise<boolean> {
    const { endpoints, nowhere } = await locate(instances.usable);
    const unusable = [...instances.unusable, ...nowhere].sort();
    return tell({ endpoints: endpoints.toSorted(byAddress), ...(unusable.length > 0 ? { unusable } : {}) });
  }

  while (!signal.aborted) {
    const started = performance.now();
    const reply = await ask(service, index, waitSeconds(), access, signal);
    if (reply.kind === "answer") {
      failures = undefined;
      // An index that goes back means that Consul's state was restored: what it is compared with is void.
      index = reply.index < index ? 0n : reply.index;
      const changed = await take(reply.instances);
      const lasted = performance.now() - started;
      const delay = hurry.next(changed ? hurried.healthyMs : lasted);
      if (lasted < hurried.healthyMs) await pauseUnlessAborted(delay, signal);
    } else {
      const isFirst = failures === undefined;
      failures ??= createBackOff(failing, Math.random);
      index = 0n;
      if (!isFirst || known.endpoints === undefined) tell({ ...known, trouble: reply.because });
      await pauseUnlessAborted(Math.max(failures.next(0), reply.retryAfterMs), signal);
    }
  }
}

/** Consul lists instances in no order. */
function byAddress(a: { address: string; port: number }, b: { address: string; port: number }): number {
  return a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port;
}
