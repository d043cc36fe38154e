/**
 * What a policy is: a behaviour that hangs off listeners and routes as one HTTP filter.
 * Its filter is a slot of every connection manager, filled over ECDS: a no-op until something asks for the policy, so
 * that switching it on or off, or changing it, touches no listener and ends no connection (docs/design/slots.md).
 */
import type { Any } from "@bufbuild/protobuf/wkt";
import type { Checked } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";
import type { LabelSpecifier, MappingSpec, ModuleConfig } from "../api/index.ts";

/** One policy. The list in `index.ts` is the order of the filters. `Settings` is the policy's own IR. */
export interface Policy<Settings = unknown, RouteSettings = unknown> {
  /** Our word for it: folder, goldens, guide and diagnostics carry the same. */
  readonly name: string;
  /** Envoy's name for the filter: that of its slot's ECDS resource, and the one by which routes find it. */
  readonly filter: string;
  /** Full name of the filter's configuration message. */
  readonly type: string;
  /** Full names of other messages that may configure it. */
  readonly alsoTypes?: readonly string[];
  /** The settings of the Module that it reads. */
  readonly keys: readonly (keyof ModuleConfig)[];
  /** What traffic sees where the policy is asked for and cannot be had. */
  readonly without: string;
  /** For policies that protect: what the slot holds where Envoy's rules forbid what is asked for. */
  readonly closed?: Settings;
  /** LOWER: what a Module's settings, which are at `at`, ask for. No value: the slot stays a no-op. */
  lower(config: ModuleConfig, at: Origin): Checked<Settings>;
  /** EMIT: the filter's configuration. */
  emit(settings: Settings): Any;
  /** Its filter lets requests pass that no route takes, or all but those for services. */
  readonly needs?: "route" | "service";
  /** WHY: what becomes of a request here, on a route with these settings of its own. No value: nothing worth a word. */
  why?(settings: Settings, request: JudgedRequest, route?: RouteSettings): Verdict | undefined;
  /** What it does on single routes, if it can differ there. */
  readonly route?: RoutePart<Settings, RouteSettings>;
}

/**
 * The part of a policy that single routes have. It may switch something off that the slot does for all, or add to what
 * does nothing by itself; it never switches protection on, because Envoy may find another route than the first.
 */
export interface RoutePart<Settings = unknown, RouteSettings = unknown> {
  /** Whether what one Mapping asks for holds for all Mappings of the same requests. */
  readonly reach: "route" | "group";
  /** What the slot holds as soon as a route asks for the policy, even if nothing else does. */
  readonly slot?: Settings;
  /** What every redirect of a request from http to https has. */
  readonly toHttps?: RouteSettings;
  /** LOWER: what a Mapping, which is at `at`, asks for. */
  lower(spec: MappingSpec, at: Origin, around: RouteSurroundings): Checked<RouteSettings>;
  /** LOWER: what the Module asks for on behalf of Mappings that say nothing. */
  lowerDefault?(config: ModuleConfig, at: Origin): Checked<RouteSettings>;
  /** EMIT: the filter's configuration of a route, if it has any. */
  emit(settings: RouteSettings): Any | undefined;
  /** EMIT: the word in a route's metadata by which the slot knows what to do with its requests. */
  mark?(settings: RouteSettings): string | undefined;
}

/** What a Mapping's words are seen against. */
export interface RouteSurroundings {
  readonly labels?: InstanceLabels;
  /** What is known by the name that the Mapping gives as its AuthService. */
  readonly authService?: NamedAuthService;
}

/** The key of an AuthService that is named, or that there is none of that name. */
export type NamedAuthService = { readonly kind: "known"; readonly key: string } | { readonly kind: "missing" };

/** What policies look at in a request. */
export interface JudgedRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Who opened the connection, where that is known. */
  readonly peer?: string;
  /** Who sent the request, behind trusted proxies, where that is known. */
  readonly client?: string;
}

/** What a policy makes of a request, as far as it can be told without asking anybody. */
export interface Verdict {
  /** A sentence without its subject, which is the object that asks for the policy. */
  readonly says: string;
  /** It answers with this status, and nothing after it sees the request. */
  readonly status?: number;
}

/** What holds for the labels of all Mappings, while there is a RateLimitService. */
export interface InstanceLabels {
  /** The domain whose labels count. */
  readonly domain: string;
  /** Specifiers that every group begins with. */
  readonly common: readonly LabelSpecifier[];
  /** Whether they are counted alone, too, where a Mapping has no labels. */
  readonly alone: boolean;
}
