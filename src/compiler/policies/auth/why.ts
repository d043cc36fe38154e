/** WHY of auth: who is asked first, where anybody is. */
import type { JudgedRequest, Verdict } from "../policy.ts";
import type { AuthSettings, Judge } from "./lower.ts";
import { type RouteAuth, routeMark } from "./route.ts";

/** What the service says of a request is not known here; one that cannot be asked denies everything. */
export function whyAuth(settings: AuthSettings, _request: JudgedRequest, route?: RouteAuth): Verdict | undefined {
  if (route?.kind === "bypass") return undefined;
  const judge = settings.kind === "choice" ? chosen(settings, route && routeMark(route)) : settings;
  if (judge.kind === "deny") return { says: "has nobody to ask, and denies everything", status: 403 };
  return { says: `asks ${judge.authority} first; what it denies goes no further` };
}

/** A service that a route names and that is gone is nobody. */
function chosen({ usual, named }: AuthSettings & { readonly kind: "choice" }, mark: string | undefined): Judge {
  if (mark === undefined) return usual;
  return named.find((one) => one.mark === mark)?.judge ?? { kind: "deny" };
}
