/** What the compiler knows of the past, as inputs like any other: so it stays a pure function. */
import type { ResourceRef } from "#base/origin.ts";
import type { RawObject } from "./api/raw-object.ts";

/** The last admitted raw form of an object that is bad now. */
export interface LastGood {
  readonly object: RawObject;
}

/** Envoy refused what this very content of an object produced. */
export interface Refusal {
  readonly ref: ResourceRef;
  /** Content hash of the refused raw object, as `contentHash` gives it. */
  readonly hash: string;
  /** Envoy's own words. */
  readonly message: string;
  readonly envoyVersion: string;
  /** It refused the object's match alone, too: nothing of the object can be served. */
  readonly matchToo?: boolean;
  /** It refused what fills this filter slot; the rest of the object can be served. */
  readonly slot?: string;
}
