/** The Retry-After header: seconds, or a date. */

const longestMs = 7 * 24 * 3_600_000;

/** How long to wait, at most a week; undefined where the header says nothing that can be read. */
export function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(longestMs, Math.max(0, wait));
}
