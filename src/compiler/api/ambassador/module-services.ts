/**
 * The Modules `authentication` and `ratelimit` of v0: what later became AuthServices and RateLimitServices, in the same
 * words. Here they become the specs of those.
 */
import { type Checked, hasError, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { problemDiagnostics } from "../admit-kind.ts";
import type { Kind } from "../kind.ts";
import { type ApiVersion, trailFrom } from "../schema/index.ts";
import { type AuthServiceSpec, authService } from "./auth-service.ts";
import { type RateLimitServiceSpec, rateLimitService } from "./rate-limit-service.ts";

/** What Modules say of services. */
export interface ModuleServices {
  readonly authService?: AuthServiceSpec;
  readonly rateLimitService?: RateLimitServiceSpec;
}

/** The service that a Module of this name describes; undefined: no Module of this name describes any. */
export function moduleServices(
  name: string,
  config: Readonly<Record<string, unknown>>,
  at: Origin,
  version: ApiVersion,
): Checked<ModuleServices> | undefined {
  if (name === "authentication") {
    const { value, diagnostics } = specOf(authService, config, at, version);
    return value ? ok({ authService: value }, diagnostics) : { diagnostics };
  }
  if (name !== "ratelimit") return undefined;
  const { value, diagnostics } = specOf(rateLimitService, config, at, version);
  return value ? ok({ rateLimitService: value }, diagnostics) : { diagnostics };
}

function specOf<Spec>(
  kind: Kind<string, Spec>,
  config: Readonly<Record<string, unknown>>,
  at: Origin,
  version: ApiVersion,
): Checked<Spec> {
  const trail = trailFrom("spec", "config");
  const checked = kind.checks.old(config, trail);
  const problems = problemDiagnostics(kind, trail, { ref: at.ref, path: "" });
  if (hasError(problems)) return { diagnostics: problems };
  const spec = kind.fill(kind.toHub(checked)) as Spec;
  const diagnostics = [...problems, ...(kind.verify?.(spec, at, version) ?? [])];
  return hasError(diagnostics) ? { diagnostics } : ok(spec, diagnostics);
}

/** A field of the service that a Module describes, where the Module has it. */
export function inModule(at: Origin): Origin {
  return at.path.startsWith(".spec.")
    ? { ref: at.ref, path: `.spec.config${at.path.slice(".spec".length)}` }
    : child(at, "spec", "config");
}
