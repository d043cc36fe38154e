/**
 * Module: settings of the whole instance. Old systems never checked them, so each key is judged alone: a bad one is
 * lost with an error, the others stay.
 */
import type { Checked, Diagnostic } from "#base/diagnostic.ts";
import { diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { Settings } from "../../settings.ts";
import { admitKind, problemDiagnostics } from "../admit-kind.ts";
import { kind } from "../kind.ts";
import type { RawObject } from "../raw-object.ts";
import type { Resource } from "../resource.ts";
import {
  anything,
  compileCheck,
  compileFill,
  isRecord,
  map,
  object,
  required,
  type Static,
  trailFrom,
} from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";
import { type ModuleConfig, moduleConfigSchema } from "./module-config.ts";
import { settleConfig } from "./module-rules.ts";
import { type ModuleServices, moduleServices } from "./module-services.ts";
import { lenient } from "./module-values.ts";

/** A Module as it is written. */
const moduleSchema = object({
  ambassador_id: ambassadorId,
  config: required(map(anything()), "The settings; which there are depends on the Module's name.", {
    example: { server_name: "edge" },
  }),
});

/** A Module's settings: typed for the Module `ambassador`, empty for any other, with the service that some describe. */
export interface ModuleSpec extends ModuleServices {
  readonly ambassador_id?: readonly string[];
  readonly config: ModuleConfig;
  /** The blocks of the Module `tls`, as they are written. */
  readonly tls?: Readonly<Record<string, unknown>>;
}

export type Module = Resource<"Module", ModuleSpec>;

/** The kind Module. */
export const module = kind({
  kind: "Module",
  plural: "modules",
  versions: ["v0", "v1", "v2", "v3alpha1"],
  feature: "module",
  doc: "Settings of the whole instance.",
  schema: moduleSchema,
  example: { config: { diagnostics: { enabled: false } } },
});

/** Admits a Module; what is wrong with one key costs that key only. */
export function admitModule(raw: RawObject, settings: Settings): Checked<Module> {
  const { value, diagnostics } = admitKind(module, raw, settings);
  if (value === undefined) return { diagnostics };
  const at: Origin = { ref: value.ref, path: ".spec.config" };
  if (value.ref.name === "tls")
    return { value: { ...value, spec: { ...value.spec, config: {}, tls: value.spec.config } }, diagnostics };
  const services = moduleServices(value.ref.name, value.spec.config, at, value.version);
  if (services) {
    const all = [...diagnostics, ...services.diagnostics];
    return services.value
      ? ok({ ...value, spec: { ...value.spec, config: {}, ...services.value } }, all)
      : fail(...all);
  }
  const { config, found } =
    value.ref.name === "ambassador" ? judge(value.spec, at) : { config: {}, found: [stranger(at)] };
  return { value: { ...value, spec: { ...value.spec, config } }, diagnostics: [...diagnostics, ...found] };
}

const check = compileCheck(moduleConfigSchema, "hub");
const fill = compileFill(moduleConfigSchema) ?? ((config: unknown) => config);

function judge(spec: Static<typeof moduleSchema>, at: Origin): { config: ModuleConfig; found: readonly Diagnostic[] } {
  const good: Record<string, unknown> = {};
  const trail = trailFrom("spec", "config");
  for (const [key, given] of Object.entries(spec.config)) {
    const field = Object.hasOwn(moduleConfigSchema.fields, key) ? moduleConfigSchema.fields[key] : undefined;
    const before = trail.invalid;
    const checked = check({ [key]: field ? lenient(key, field, given) : given }, trail);
    if (isRecord(checked) && trail.invalid === before) Object.assign(good, checked);
  }
  const problems = problemDiagnostics(module, trail, { ref: at.ref, path: "" }, keyIsLost);
  const { config, found } = settleConfig(fill(good) as ModuleConfig, at);
  return { config, found: [...problems, ...found] };
}

const keyIsLost = "this setting is as if it were not there; the Module's other settings are used";

function stranger(at: Origin): Diagnostic {
  return diagnose(
    "module/unknown-module",
    child({ ref: at.ref, path: "" }, "metadata", "name"),
    `there is no Module named "${at.ref.name}"`,
    {
      traffic: "it has no effect",
      hint: 'put settings of the instance into the Module named "ambassador"',
    },
  );
}
