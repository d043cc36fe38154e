/** The one way in which resources refer to each other: over the same aggregated stream. */
import type { ConfigSourceSchema } from "#gen/envoy/config/core/v3/config_source_pb.js";
import type { Init } from "./bytes.ts";

/** "Ask on the ADS stream that you came by" (API version 3). */
export const ads: Init<typeof ConfigSourceSchema> = {
  configSourceSpecifier: { case: "ads", value: {} },
  resourceApiVersion: 2,
};
