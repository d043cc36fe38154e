/** LOWER of the Module's `grpc_stats`. */
import { type Checked, type Diagnostic, diagnose, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../../api/index.ts";

/** Which gRPC calls are counted by name. */
export interface GrpcStatsSettings {
  /** Of all services and methods, of these, or of none. */
  readonly methods: "all" | "none" | readonly CountedService[];
  /** Also how long upstreams take. */
  readonly upstream: boolean;
}

/** A service with those of its methods that are counted. */
export interface CountedService {
  readonly name: string;
  readonly methods: readonly string[];
}

/** What is asked for; an empty `grpc_stats` counts calls without their names. */
export function lowerGrpcStats({ grpc_stats: given }: ModuleConfig, at: Origin): Checked<GrpcStatsSettings> {
  if (!given) return { diagnostics: [] };
  const upstream = given.upstream_stats ?? false;
  if (!given.services) return ok({ methods: given.all_methods ? "all" : "none", upstream });
  const here = child(at, "grpc_stats");
  const both = given.all_methods ? [bothGiven(here)] : [];
  const services = given.services.flatMap(({ name = "", method_names: methods = [] }) =>
    name === "" || methods.length === 0 ? [] : [{ name, methods }],
  );
  const incomplete = given.services.flatMap(({ name, method_names: methods = [] }, index) =>
    name && methods.length > 0 ? [] : [incompleteService(child(here, "services", index))],
  );
  return ok({ methods: services, upstream }, [...both, ...incomplete]);
}

function bothGiven(at: Origin): Diagnostic {
  return diagnose("grpc-stats/two-selections", at, "grpc_stats has both all_methods and services", {
    traffic: "only the services listed are counted by name",
    hint: "remove all_methods, or services to count all of them",
  });
}

function incompleteService(at: Origin): Diagnostic {
  return diagnose("grpc-stats/incomplete-service", at, "a service of grpc_stats needs a name and method_names", {
    traffic: "its calls are not counted by name",
    hint: "give both, or use all_methods instead of services",
  });
}
