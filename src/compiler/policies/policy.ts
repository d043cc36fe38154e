/**
 * What a policy is: a behaviour that hangs off listeners and routes as one HTTP filter.
 * Its filter is a slot of every connection manager, filled over ECDS: a no-op until something asks for the policy, so
 * that switching it on or off, or changing it, touches no listener and ends no connection.
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Checked } from "#base/diagnostic.ts";
import type { Module } from "../api/index.ts";

/** One policy. The list in `index.ts` is the order of the filters. */
export interface Policy {
  /** Our word for it: folder, goldens, guide and diagnostics carry the same. */
  readonly name: string;
  /** Envoy's name for the filter: that of its slot's ECDS resource, and the one by which routes find it. */
  readonly filter: string;
  /** Full name of the filter's configuration message. */
  readonly type: string;
  /** The filter's configuration by the Module; no value: the slot stays a no-op. */
  readonly module?: (module: Module) => Checked<Any>;
}
