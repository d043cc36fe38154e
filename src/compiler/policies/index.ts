/**
 * The policies in the order in which their filters see a request.
 * Every entry says why it stands where it does; nothing else decides the order.
 */
import type { Policy } from "./policy.ts";

/** All policies, first filter first. */
export const policies: readonly Policy[] = [];
