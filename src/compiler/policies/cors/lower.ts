/** LOWER of `cors`, of Mappings and of the Module. */
import { type Checked, type Diagnostic, diagnose, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { MappingSpec, ModuleConfig } from "../../api/index.ts";

/** Who may read answers, and what a preflight allows. */
export interface CorsSettings {
  /** As browsers send them; `*` is any. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly credentials: boolean;
  /** Seconds. */
  readonly maxAge?: string;
}

type Cors = NonNullable<MappingSpec["cors"]>;
type ListField = "methods" | "headers" | "exposed_headers";

/** What a Mapping asks for; it hides what the Module asks for. */
export function lowerCors({ cors }: MappingSpec, at: Origin): Checked<CorsSettings> {
  return cors ? lower(cors, child(at, "spec", "cors")) : { diagnostics: [] };
}

/** What the Module asks for. */
export function lowerCorsDefault({ cors }: ModuleConfig, at: Origin): Checked<CorsSettings> {
  return cors ? lower(cors, child(at, "cors")) : { diagnostics: [] };
}

function lower(cors: Cors, at: Origin): Checked<CorsSettings> {
  const { origins = [], max_age: maxAge, credentials = false } = cors;
  const isAge = maxAge === undefined || /^\d+$/.test(maxAge);
  const settings: CorsSettings = {
    origins,
    methods: tokens(cors.methods),
    headers: tokens(cors.headers),
    exposedHeaders: tokens(cors.exposed_headers),
    credentials,
    ...(maxAge !== undefined && isAge ? { maxAge } : {}),
  };
  return ok(settings, [
    ...(origins.length === 0 ? [noOrigins(at)] : []),
    ...origins.flatMap((origin, i) => (isOrigin(origin) ? [] : [neverSent(child(at, "origins", i), origin)])),
    ...wrongTokens(cors, "methods", at),
    ...wrongTokens(cors, "headers", at),
    ...wrongTokens(cors, "exposed_headers", at),
    ...(isAge ? [] : [notSeconds(child(at, "max_age"))]),
  ]);
}

/** What a browser can send: `null`, or scheme, host and port in lower case, and nothing after them. */
function isOrigin(text: string): boolean {
  return text === "*" || text === "null" || /^[a-z][a-z0-9+.-]*:\/\/[^\s/,*?#@A-Z]+$/.test(text);
}

/** Old lists may hold several names in one text. */
function split(texts: readonly string[] = []): readonly string[] {
  return texts.flatMap((text) => text.split(",").map((part) => part.trim())).filter((part) => part !== "");
}

const isToken = (text: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(text);

function tokens(texts: readonly string[] | undefined): readonly string[] {
  return split(texts).filter(isToken);
}

function wrongTokens(cors: Cors, field: ListField, at: Origin): readonly Diagnostic[] {
  const wrong = split(cors[field]).filter((text) => !isToken(text));
  return wrong.map((text) =>
    diagnose("cors/invalid-name", child(at, field), `${JSON.stringify(text.slice(0, 40))} cannot be in ${field}`, {
      traffic: "browsers are told of the others only",
      hint: field === "methods" ? "list methods such as GET" : "list names of headers",
    }),
  );
}

function noOrigins(at: Origin): Diagnostic {
  return diagnose("cors/no-origins", at, "cors allows no origin", {
    traffic: "scripts of other sites cannot read answers",
    hint: 'list origins such as https://shop.example, or "*" for all',
  });
}

function neverSent(at: Origin, origin: string): Diagnostic {
  return diagnose("cors/unusual-origin", at, `no browser sends the origin ${JSON.stringify(origin.slice(0, 80))}`, {
    traffic: "origins must be equal to the letter, so this one allows nobody",
    hint: "write scheme://host, with a port unless it is the scheme's own, without a path or a wildcard",
  });
}

function notSeconds(at: Origin): Diagnostic {
  return diagnose("cors/invalid-max-age", at, "max_age is not a number of seconds", {
    traffic: "browsers decide for themselves how long they remember a preflight",
  });
}
