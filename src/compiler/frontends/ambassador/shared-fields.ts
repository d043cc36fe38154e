/** LOWER of what a Mapping asks for and all Mappings for the same requests get, too. */
import type { MappingSpec } from "../../api/index.ts";
import type { SharedFields } from "../../ir/route.ts";
import { lowerAddedHeaders } from "./headers.ts";
import { lowerRetryPolicy } from "./retry.ts";

/** What a Mapping says of it itself; absent if nothing. */
export function sharedFields(spec: MappingSpec): SharedFields | undefined {
  const { retry_policy: retry, use_websocket: websocket, allow_upgrade: upgrades } = spec;
  const { add_request_headers: addRequest, add_response_headers: addResponse } = spec;
  const { remove_request_headers: removeRequest, remove_response_headers: removeResponse } = spec;
  const priority = lowerPriority(spec);
  const shared: SharedFields = {
    ...(retry ? { retry_policy: lowerRetryPolicy(retry) } : {}),
    ...(websocket || upgrades ? { allow_upgrade: lowerUpgrades(spec) } : {}),
    ...(priority ? { priority } : {}),
    ...(addRequest ? { add_request_headers: lowerAddedHeaders(addRequest) } : {}),
    ...(addResponse ? { add_response_headers: lowerAddedHeaders(addResponse) } : {}),
    ...(removeRequest ? { remove_request_headers: removeRequest } : {}),
    ...(removeResponse ? { remove_response_headers: removeResponse } : {}),
  };
  return Object.keys(shared).length === 0 ? undefined : shared;
}

const none: readonly string[] = [];

/** The protocols that a client may change to. */
export function lowerUpgrades({ use_websocket, allow_upgrade = none }: MappingSpec): readonly string[] {
  const asked = use_websocket ? [...allow_upgrade, "websocket"] : allow_upgrade;
  if (asked.length < 2) return asked;
  // Envoy compares them without case, and takes none twice.
  return [...new Map(asked.map((upgrade) => [upgrade.toLowerCase(), upgrade])).values()];
}

/** The priority that is asked for, if it is one. */
export function lowerPriority({ priority }: MappingSpec): "default" | "high" | undefined {
  const asked = priority?.toLowerCase();
  return asked === "default" || asked === "high" ? asked : undefined;
}
