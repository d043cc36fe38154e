/**
 * Whether Envoy is there and serves, asked when a probe asks. One question is under way at a time, and an Envoy that is
 * busy with a large configuration for a moment counts as what it was before.
 */
import type { Clock } from "../clock.ts";

/** What probes need to know. */
export interface EnvoyLife {
  /** It serves: it has its first configuration, and is not failing health checks because it is being shut down. */
  isReady(): Promise<boolean>;
  /** It has not answered for so long that it will not come back by itself. */
  isLost(): Promise<boolean>;
}

/** How to look. */
export interface EnvoyLifeOptions {
  /** Asks Envoy whether it is ready; rejects when it does not answer. */
  ask(): Promise<boolean>;
  readonly clock: Clock;
}

/** How long a probe waits for Envoy; a kubelet waits for a second. */
const patienceMs = 500;
/** Envoy is started again at once when it ends, and a large configuration keeps it busy for seconds. */
const lostMs = 60_000;

/** Starts without an opinion. */
export function watchEnvoyLife({ ask, clock }: EnvoyLifeOptions): EnvoyLife {
  let wasReady = false;
  let asking: Promise<boolean> | undefined;
  let silence: { lost: boolean; readonly callOff: () => void } | undefined;

  function question(): Promise<boolean> {
    asking ??= ask()
      .then(
        (isReady) => {
          silence?.callOff();
          silence = undefined;
          return isReady;
        },
        () => {
          silence ??= listenToSilence();
          return false;
        },
      )
      .then((isReady) => {
        wasReady = isReady;
        asking = undefined;
        return isReady;
      });
    return asking;
  }

  function listenToSilence() {
    const state = { lost: false, callOff: (): void => undefined };
    state.callOff = clock.after(lostMs, () => {
      state.lost = true;
    });
    return state;
  }

  /** Envoy's answer, or what it was before if that takes long. */
  function soon(): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const callOff = clock.after(patienceMs, () => late.resolve(wasReady));
    return Promise.race([question(), late.promise]).finally(callOff);
  }

  return {
    isReady: soon,
    async isLost() {
      // Only an Envoy that was silent is waited for: a probe of liveness has no time while everything is busy.
      if (silence) await soon();
      else void question();
      return silence?.lost ?? false;
    },
  };
}

/** Where there is no Envoy to look at. */
export const withoutEnvoy: EnvoyLife = { isReady: async () => true, isLost: async () => false };
