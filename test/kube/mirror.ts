/** A reflector as a test sees it: its copy, its states, and a way to wait for either. */

import type { Fields } from "#base/fields.ts";
import type { Client } from "../../src/control/kube/client.ts";
import type { Change } from "../../src/control/kube/copy.ts";
import { type ReflectorState, reflect } from "../../src/control/kube/reflector.ts";
import type { ApiResource } from "../../src/control/kube/resource.ts";

/** A reflector and what it has said so far. */
export interface Mirror {
  /** `data` or `spec` of each object, by `namespace/name`. */
  readonly copy: ReadonlyMap<string, unknown>;
  readonly states: readonly ReflectorState["kind"][];
  /** Resolves when the condition holds. */
  until(isSo: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a reflector. */
export function mirror(
  client: Client,
  resources: readonly [ApiResource, ...ApiResource[]],
  namespace?: string,
): Mirror {
  const stop = new AbortController();
  const copy = new Map<string, unknown>();
  const states: ReflectorState["kind"][] = [];
  const waiting: (() => void)[] = [];
  const tell = () => {
    for (const check of [...waiting]) check();
  };
  const done = reflect<unknown>({
    client,
    resources,
    namespace,
    keep: (object: Fields) => object["data"] ?? object["spec"],
    onChanges(changes: readonly Change<unknown>[]) {
      for (const { key, after } of changes) {
        if (after === undefined) copy.delete(key);
        else copy.set(key, after);
      }
      tell();
    },
    onState({ kind }) {
      states.push(kind);
      tell();
    },
    signal: stop.signal,
  });
  return {
    copy,
    states,
    until: (isSo: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => {
          if (!isSo()) return;
          waiting.splice(waiting.indexOf(check), 1);
          resolve();
        };
        waiting.push(check);
        check();
      }),
    async stop() {
      stop.abort();
      await done;
    },
  };
}
