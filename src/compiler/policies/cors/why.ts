/** WHY of cors: which requests are preflights that the filter answers itself. */
import type { JudgedRequest, Verdict } from "../policy.ts";
import type { CorsSettings } from "./lower.ts";

/** 200 for a preflight from an origin that is allowed; nothing becomes of other requests here. */
export function whyCors(_slot: true, request: JudgedRequest, settings?: CorsSettings): Verdict | undefined {
  const origin = headerOf(request, "origin");
  if (!settings || !origin) return undefined;
  if (!settings.origins.some((allowed) => allowed === "*" || allowed === origin)) {
    return { says: `lets no script of ${origin} read the answer` };
  }
  const isPreflight = request.method === "OPTIONS" && headerOf(request, "access-control-request-method");
  return isPreflight
    ? { says: `answers the preflight of ${origin}`, status: 200 }
    : { says: `lets scripts of ${origin} read the answer` };
}

function headerOf({ headers }: JudgedRequest, name: string): string | undefined {
  return headers.find(([other]) => other === name)?.[1];
}
