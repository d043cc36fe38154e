/**
 * Curves as SVG: for each layout a panel with both axes logarithmic, the number of routes across and the time upwards;
 * ours as the band from median to 99th percentile, Envoy's own share as a dashed line.
 */
import type { Figure, Spread } from "./figures.ts";
import { layoutNames } from "./layouts.ts";

const panel = { width: 400, height: 280, left: 52, right: 16, top: 34, bottom: 36 };
const sizes = [100, 1000, 10_000, 50_000];
const times = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

interface Point {
  readonly n: number;
  readonly ours: Spread;
  readonly share: Spread;
}

/** Draws what was measured of the layouts; a layout without figures is an empty panel. */
export function drawCurves(figures: readonly Figure[]): string {
  const panels = layoutNames.map((name, i) => {
    const at = `translate(${(i % 2) * panel.width} ${Math.floor(i / 2) * panel.height})`;
    return `<g transform="${at}">${drawPanel(name, pointsOf(figures, name))}</g>`;
  });
  const [width, height] = [2 * panel.width, 2 * panel.height + 24];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="white"/>
${panels.join("\n")}
<text x="${width / 2}" y="${height - 8}" text-anchor="middle">ms from an edited route to its being served, by number of Mappings: median (line) and p99 (edge of the band); dashed: Envoy's own share</text>
</svg>
`;
}

function pointsOf(figures: readonly Figure[], name: string): readonly Point[] {
  const points = figures.flatMap(({ bench, n, envoyShare: share, ...ours }) =>
    bench === `route edited → served, ${name}, ${n} Mappings` && share ? [{ n, ours, share }] : [],
  );
  return points.sort((a, b) => a.n - b.n);
}

function drawPanel(name: string, points: readonly Point[]): string {
  const upper = points.map(({ n, ours }) => place(n, ours.p99));
  const lower = points.map(({ n, ours }) => place(n, ours.median));
  const share = points.map(({ n, share }) => place(n, share.median));
  return [
    `<text x="${panel.width / 2}" y="18" text-anchor="middle" font-weight="bold">${name}</text>`,
    ...sizes.map((n) => grid(place(n, 1), place(n, 5000), String(n), "across")),
    ...times.map((ms) => grid(place(100, ms), place(50_000, ms), String(ms), "up")),
    `<polygon points="${[...lower, ...upper.toReversed()].join(" ")}" fill="#1f6feb" opacity="0.18"/>`,
    `<polyline points="${lower.join(" ")}" fill="none" stroke="#1f6feb" stroke-width="2"/>`,
    `<polyline points="${share.join(" ")}" fill="none" stroke="#555" stroke-width="1.5" stroke-dasharray="5 4"/>`,
    ...lower.map((at) => `<circle cx="${at[0]}" cy="${at[1]}" r="2.5" fill="#1f6feb"/>`),
  ].join("\n");
}

function grid(from: readonly number[], to: readonly number[], label: string, which: "across" | "up"): string {
  const at =
    which === "across"
      ? `x="${from[0]}" y="${panel.height - panel.bottom + 16}" text-anchor="middle"`
      : `x="${panel.left - 6}" y="${(from[1] ?? 0) + 4}" text-anchor="end"`;
  const line = `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="#ddd"/>`;
  return `${line}<text ${at} fill="#555">${label}</text>`;
}

/** Where a time for a number of routes stands in its panel. */
function place(n: number, ms: number): readonly number[] {
  const across = Math.log(n / 100) / Math.log(500);
  const up = Math.log(Math.min(Math.max(ms, 1), 5000)) / Math.log(5000);
  const x = panel.left + across * (panel.width - panel.left - panel.right);
  const y = panel.height - panel.bottom - up * (panel.height - panel.top - panel.bottom);
  return [Number(x.toFixed(1)), Number(y.toFixed(1))];
}
