/** Durations as Go and Envoy write them: `1h30m`, `2.5s`, `300ms`, `0`. */

const units: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** The milliseconds of a duration, at least one of anything above nothing; undefined where it is none. */
export function durationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|\u00b5s|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit = ""] of text.matchAll(/([\d.]+)([a-z\u00b5]+)/g))
    sum += Number(number) * (units[unit] ?? 0);
  return sum > 0 ? Math.max(1, Math.round(sum)) : 0;
}

/** Milliseconds as Go writes a duration of whole seconds: `0s`, `45s`, `5m0s`, `24h0m0s`. */
export function goDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
