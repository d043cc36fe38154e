/** What `why` answers with: plain data, by origins, which whoever shows it turns into files and lines. */
import type { Origin } from "#base/origin.ts";
import type { SeenRequest } from "./request.ts";

/** Why a request is answered as it is. */
export interface Explanation {
  /** As routes are chosen for it: normalised. Absent where the connection does not get that far. */
  readonly seen?: SeenRequest;
  readonly listener?: { readonly at: Origin; readonly address: string; readonly port: number; readonly real: number };
  readonly chain?: { readonly at: Origin; readonly tls: boolean; readonly serverNames: readonly string[] };
  /** The name that answers for the Host header, and the Host object behind it. */
  readonly domain?: { readonly at: Origin; readonly table: string; readonly name: string };
  /** What happens, with shares that add up to 100. */
  readonly outcomes: readonly Outcome[];
  /** Routes of the same name that do not take the request, in the order in which they are tried. */
  readonly losers: readonly Loser[];
}

/** One thing that may happen. */
export interface Outcome {
  readonly percent: number;
  /** The object that decides; absent where nothing matches. */
  readonly at?: Origin;
  /** What policies do first, in their order; each of them may end the request in a way that nobody here can know. */
  readonly before?: readonly Word[];
  /** The policy that answers instead of a route. */
  readonly policy?: string;
  readonly does: Effect;
}

/** What a policy does, because of an object. */
export interface Word {
  readonly policy: string;
  readonly at?: Origin;
  readonly says: string;
}

/** What happens to a request. */
export type Effect =
  | { readonly kind: "close"; readonly because: string }
  | { readonly kind: "tcp"; readonly upstream: Upstream }
  | { readonly kind: "respond"; readonly status: number; readonly because: string }
  | { readonly kind: "redirect"; readonly status: number; readonly location: string; readonly because?: string }
  | {
      readonly kind: "forward";
      readonly path: string;
      readonly host?: string;
      readonly upstream: Upstream;
      /** Where copies of that many percent of such requests go. */
      readonly mirror?: { readonly percent: number; readonly upstream: Upstream };
    };

/** Where a request goes. */
export interface Upstream {
  readonly cluster: string;
  /** The object that describes it, as far as there is one. */
  readonly target: string;
  readonly addresses: readonly string[];
}

/** A route that does not take the request. */
export interface Loser {
  readonly at: Origin;
  readonly because: string;
  /** Whether at least its path matches. */
  readonly near: boolean;
}
