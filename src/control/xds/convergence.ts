/** SERVE: up to which change the Envoys that are waited for have acknowledged everything, and who waits for that. */
import { awaited, type Follower } from "./followers.ts";
import type { SnapshotView } from "./snapshot.ts";

/** How far those are that are waited for. */
export interface Convergence {
  /** The newest change that all of them have acknowledged; 0 while the instance's own Envoy is not there. */
  acknowledged(): number;
  /** Resolves when all of them have acknowledged (or refused) everything up to a change. */
  whenAcknowledged(number: number): Promise<void>;
  /** Looks whether they have got further, which is told. */
  check(): void;
}

/** What it is derived from, and whom it is told. */
export interface ConvergenceOptions {
  readonly followers: ReadonlySet<Follower>;
  readonly snapshot: SnapshotView;
  readonly hasOwnEnvoy: boolean;
  readonly onConverged?: ((number: number) => void) | undefined;
}

/** Nothing is acknowledged yet. */
export function createConvergence({ followers, snapshot, hasOwnEnvoy, onConverged }: ConvergenceOptions): Convergence {
  const waiting = new Set<{ readonly number: number; resolve(): void }>();
  let converged = 0;

  function acknowledged(): number {
    const waitedFor = awaited(followers, hasOwnEnvoy, performance.now());
    if (waitedFor.length === 0) return hasOwnEnvoy ? 0 : snapshot.number;
    return Math.min(...waitedFor.map(({ stream }) => stream.acknowledged));
  }

  return {
    acknowledged,
    whenAcknowledged: (number) =>
      acknowledged() >= number ? Promise.resolve() : new Promise((resolve) => waiting.add({ number, resolve })),
    check() {
      const now = acknowledged();
      for (const one of waiting) {
        if (one.number > now) continue;
        waiting.delete(one);
        one.resolve();
      }
      if (now <= converged) return;
      converged = now;
      onConverged?.(now);
    },
  };
}
