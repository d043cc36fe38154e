/** Which of a table's virtual hosts answers for a Host header, by Envoy's rules. */
import { parseGlob } from "#base/hostname.ts";

/** The domain that is chosen: an exact one, else the longest suffix, else the longest prefix, else `*`. */
export function chooseDomain(domains: Iterable<string>, hostHeader: string, ignorePort: boolean): string | undefined {
  const host = (ignorePort ? hostHeader.replace(/:\d*$/, "") : hostHeader).toLowerCase();
  let best: { readonly domain: string; readonly rank: number; readonly length: number } | undefined;
  for (const domain of domains) {
    const rank = rankOf(domain, host);
    if (rank === undefined) continue;
    const length = domain.length;
    if (!best || rank < best.rank || (rank === best.rank && length > best.length)) best = { domain, rank, length };
  }
  return best?.domain;
}

function rankOf(domain: string, host: string): number | undefined {
  const glob = parseGlob(domain);
  const { length } = glob?.literal ?? "";
  switch (glob?.kind) {
    case "exact":
      return domain.toLowerCase() === host ? 0 : undefined;
    case "suffix":
      return host.length > length && host.endsWith(glob.literal) ? 1 : undefined;
    case "prefix":
      return host.length > length && host.startsWith(glob.literal) ? 2 : undefined;
    case "any":
      return 3;
    default:
      return undefined;
  }
}
