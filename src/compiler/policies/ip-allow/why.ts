/** WHY of ip-allow: whether a request's addresses are let in. */
import type { JudgedRequest, Verdict } from "../policy.ts";
import type { AddressRules, ClientRange } from "./lower.ts";
import { isInRange } from "./range.ts";

/** 403 for those that are kept out; a word about the list where the addresses are not known. */
export function whyIpAllow({ action, ranges }: AddressRules, request: JudgedRequest): Verdict | undefined {
  const list = ranges.map(({ of, address, bits }) => `${of} ${address}/${bits}`).join(", ");
  const found = ranges.map((range) => isOf(range, request));
  const isListed = found.includes(true) ? true : found.includes(undefined) ? undefined : false;
  if (isListed === undefined) {
    return {
      says: `${action === "allow" ? "lets in only" : "keeps out"} ${list}: give the client's address to know more`,
    };
  }
  if (isListed === (action === "allow")) return undefined;
  const who = [request.peer, request.client]
    .filter((one, i, all) => one !== undefined && all.indexOf(one) === i)
    .join(" for ");
  return { says: action === "allow" ? `lets in only ${list || "nobody"}` : `keeps out ${who || list}`, status: 403 };
}

function isOf(range: ClientRange, { peer, client }: JudgedRequest): boolean | undefined {
  const address = range.of === "peer" ? peer : client;
  return address === undefined ? undefined : isInRange(address, range);
}
