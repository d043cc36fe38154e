/** LINK: which routes a Host that selects by labels takes, of those whose host names fit it. */
import { type LabelSelector, selects } from "../ir/host.ts";
import type { Route } from "../ir/route.ts";

/** Whether a selecting Host shows a route; when selectors are `loose`, a fitting host name is enough without labels. */
export function takesRoute(selector: LabelSelector, { everywhere, hosts, labels }: Route, loose: boolean): boolean {
  return everywhere === true || (loose && hosts.kind !== "selected") || selects(selector, labels, loose);
}
