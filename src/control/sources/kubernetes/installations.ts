/** Tells which kinds are not installed in a cluster: all together when it begins, and each that comes or goes later. */
import type { Log } from "#base/log.ts";
import type { ReflectorState } from "../../kube/reflector.ts";

/** The kinds that are not there. */
export interface Installations {
  note(name: string, state: ReflectorState): void;
  /** Every kind has been looked for. */
  begin(): void;
}

/** None is missed yet. */
export function createInstallations(log: Log): Installations {
  const absent = new Set<string>();
  let hasBegun = false;
  return {
    note(name, { kind }) {
      if (kind === "following" && absent.delete(name)) log("info", `${name} is installed now`);
      if (kind !== "absent" || absent.has(name)) return;
      absent.add(name);
      // Whoever deletes a definition deletes the objects, which traffic notices.
      if (hasBegun) log("warning", `${name} is not installed any more, and its objects are gone`);
    },
    begin() {
      hasBegun = true;
      if (absent.size > 0) log("info", `looked for again, as they are not installed: ${[...absent].join(", ")}`);
    },
  };
}
