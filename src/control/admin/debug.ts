/** `/debug`: how long things have taken, and memory; `/debug/graph/`: what a derived value was made from. */

import type { Timings } from "../report/timings.ts";
import type { ControlView } from "../view.ts";
import type { AdminEndpoint } from "./server.ts";

const graphPath = "/debug/graph/";

/** The endpoints. Of a derived value they show what it was made from, never itself: it may hold a secret. */
export function debugEndpoints(
  { compiler, xds }: ControlView,
  timings: Timings,
): Readonly<Record<string, AdminEndpoint>> {
  return {
    "/debug": () => ({
      body: {
        timers: Object.fromEntries(
          [...timings.all()].map(([name, { count, leastMs, mostMs, totalMs }]) => [
            name,
            { count, min: seconds(leastMs), average: seconds(totalMs / count), max: seconds(mostMs) },
          ]),
        ),
        memory: process.memoryUsage(),
        values: {
          envoyReconfigs: {
            times: xds.snapshot.number,
            staleCount: xds.snapshot.number - Math.min(xds.acknowledged(), xds.snapshot.number),
            synced: xds.acknowledged() >= xds.snapshot.number,
          },
        },
      },
    }),
    [graphPath]: ({ path }) => {
      const [collection = "", ...key] = path.slice(graphPath.length).split("/").map(decodePart);
      const found = compiler.inspect(collection, key.join("/"));
      if (!found) return { status: 404, body: "there is no such key\n" };
      const { value: _value, ...rest } = found;
      return { body: rest };
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(6)}s`;
}

/** A part that is badly escaped names nothing. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}
