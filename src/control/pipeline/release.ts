/**
 * What of a commit may be served at once. Clusters, endpoints and secrets go as they come; what names them, and
 * removals, wait for the end of the commit, so that nothing is ever sent that relies on what is still being compiled.
 * Edits that have overtaken a wide change need not wait for it where they change routes alone.
 */
import type { Encoded, ResourceChange } from "#compiler";
import type { XdsServer } from "../xds/server.ts";

/** How far a commit is: through, or only its newest edits are, or neither. */
export type Reached = "end" | "overtook" | "part";

/** Takes what a commit has changed, and gives the number that stands for what has been served. */
export type Release = (changes: readonly ResourceChange[], reached: Reached) => number;

/** Releases to a server; `onReleased` is told of each change that goes there. */
export function createRelease(
  xds: Pick<XdsServer, "snapshot" | "update">,
  onReleased: (change: ResourceChange) => void,
): Release {
  /** By resource: a later change takes the place of an earlier one. */
  const held = new Map<string, ResourceChange>();

  /** Listeners and slots keep an order with routes, which holds only for all of a change. */
  function mayOvertake(changes: readonly ResourceChange[]): boolean {
    return ![...held.values(), ...changes].some(({ type }) => type === "listener" || type === "extension");
  }

  /** Whether every cluster that a resource names is there, or goes with it. */
  function isComplete({ clusters = [] }: Encoded, going: ReadonlySet<string>): boolean {
    return clusters.every((list) =>
      list.every((name) => going.has(name) || xds.snapshot.get("cluster", name) !== undefined),
    );
  }

  return (changes, reached) => {
    const overtakes = reached === "overtook" && mayOvertake(changes);
    const going = new Set(
      changes.flatMap(({ type, name, resource }) => (type === "cluster" && resource ? [name] : [])),
    );
    const ready: ResourceChange[] = [];
    for (const change of changes) {
      const key = `${change.type} ${change.name}`;
      held.delete(key);
      const { resource } = change;
      const alone = overtakes && resource !== undefined && isComplete(resource, going);
      if (reached === "end" || alone || mayGoFirst(change)) ready.push(change);
      else held.set(key, change);
    }
    if (reached === "end") {
      ready.unshift(...held.values());
      held.clear();
    }
    if (ready.length === 0) return xds.snapshot.number;
    const number = xds.update(ready);
    ready.forEach(onReleased);
    return number;
  };
}

function mayGoFirst({ type, resource }: ResourceChange): boolean {
  return resource !== undefined && (type === "cluster" || type === "endpoints" || type === "secret");
}
