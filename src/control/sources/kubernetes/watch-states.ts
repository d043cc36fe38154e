/** How the watches of a cluster stand, and what that means for traffic and for people. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { ReflectorState } from "../../kube/reflector.ts";
import { resourceName } from "../../kube/resource.ts";
import type { WatchedKind } from "./resources.ts";

/** How it stands with each kind that is watched. */
export type States = Map<WatchedKind, ReflectorState | { readonly kind: "starting" }>;

/** Whether a kind has begun to fail. */
export function isFailure(before: { readonly kind: string } | undefined, { kind }: ReflectorState): boolean {
  return (kind === "failing" || kind === "forbidden") && before?.kind !== kind;
}

/** Whether a kind has said what there is of it: a server that is away has not. */
export function isSettled({ kind }: { readonly kind: string }): boolean {
  return kind !== "failing" && kind !== "starting";
}

/** Whether endpoints count: those that were seen before a permission was revoked stay in force. */
export function readsEndpoints(states: States, followed: ReadonlySet<WatchedKind>): boolean {
  return [...states].some(([watched, { kind }]) => {
    const isRead = kind === "following" || kind === "failing" || (kind === "forbidden" && followed.has(watched));
    return endpointKinds.has(watched.resources[0].kind) && isRead;
  });
}

const endpointKinds: ReadonlySet<string> = new Set(["EndpointSlice", "Endpoints"]);

const cluster = { ref: { group: "", kind: "Cluster", namespace: "", name: "kubernetes" }, path: "" };

/** What people are told of them. */
export function stateDiagnostics(states: States): readonly Diagnostic[] {
  const forbidden: string[] = [];
  const failing = new Map<string, string[]>();
  for (const [{ resources }, state] of states) {
    const name = resourceName(resources[0]);
    if (state.kind === "forbidden") forbidden.push(name);
    if (state.kind === "failing") failing.set(state.message, [...(failing.get(state.message) ?? []), name]);
  }
  const unreachable = Array.from(failing, ([message, names]) => {
    const traffic = "what was last seen stays in force; changes are served when the API server can be reached again";
    const what = names.length === states.size ? "" : `${names.join(", ")}: `;
    return diagnose("kubernetes/unreachable", cluster, `${what}${message}`, { traffic });
  });
  return forbidden.length === 0 ? unreachable : [...unreachable, notPermitted(forbidden)];
}

function notPermitted(names: readonly string[]): Diagnostic {
  return diagnose("kubernetes/forbidden", cluster, `these may not be listed and watched: ${names.join(", ")}`, {
    traffic: "objects of these kinds are not seen; those that were seen before stay in force",
    hint: "grant get, list and watch of them to this instance's service account",
  });
}
