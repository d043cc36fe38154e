/**
 * Which instance an object belongs to: several may share a cluster, told apart by `ambassador_id`.
 */
import { isRecord } from "./schema/index.ts";

/** What natively new objects got prefixed when a 2.x API server showed them as v2, so that 1.x left them alone. */
export const hubOnlyPrefix = "--apiVersion-v3alpha1-only--";

/** Ids as a list, from any spelling; undefined where there is none. */
export function idsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return [unprefixed(value)];
  if (!Array.isArray(value)) return undefined;
  return value.filter((id) => typeof id === "string").map(unprefixed);
}

function unprefixed(id: string): string {
  return id.startsWith(hubOnlyPrefix) ? id.slice(hubOnlyPrefix.length) : id;
}

/** Whether an object with this spec is for the instance `own`. Ids of a wrong type count as ours, to be reported. */
export function isOurs(spec: unknown, own: string): boolean {
  if (spec !== undefined && spec !== null && !isRecord(spec)) return true;
  const given = [spec?.ambassador_id, spec?.ambassadorId].filter((ids) => ids !== undefined && ids !== null);
  const ids = given.map(idsOf);
  if (ids.includes(undefined)) return true;
  const all = ids.flatMap((list) => list ?? []);
  return (all.length === 0 ? ["default"] : all).some((id) => id === own || id === "_automatic_");
}
