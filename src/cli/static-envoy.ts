/**
 * Named resources as one static Envoy configuration: what would come over xDS is put in its place, so that people (and
 * `envoy --mode validate`, where no secret is needed) can read everything in one piece.
 */

/** Resources in Envoy's JSON form, by type and name. */
export type NamedResources = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Fields = Readonly<Record<string, unknown>>;

/** The static configuration. */
export function staticEnvoy(resources: NamedResources): object {
  const inline = (value: unknown): unknown => inlined(value, resources);
  const all = (type: string): unknown[] => Object.values(resources[type] ?? {}).map(inline);
  return { static_resources: { listeners: all("listener"), clusters: all("cluster"), secrets: all("secret") } };
}

function inlined(value: unknown, resources: NamedResources): unknown {
  if (Array.isArray(value)) return value.map((item) => inlined(item, resources));
  if (!isFields(value)) return value;
  const entries = Object.entries(value).flatMap(([key, inner]): (readonly [string, unknown])[] => {
    if (key === "rds" && isFields(inner))
      return [["route_config", found(resources, "routes", inner["route_config_name"])]];
    if (key === "config_discovery") return [["typed_config", slot(resources, value["name"])]];
    if (key === "sds_config") return [];
    if (key === "type" && inner === "EDS") return [["type", "STATIC"]];
    if (key === "eds_cluster_config" && isFields(inner)) {
      const assignment = found(resources, "endpoints", inner["service_name"] ?? value["name"]);
      return [["load_assignment", { ...(isFields(assignment) ? assignment : {}), cluster_name: value["name"] }]];
    }
    return [[key, inlined(inner, resources)]];
  });
  return Object.fromEntries(entries);
}

function slot(resources: NamedResources, name: unknown): unknown {
  const extension = found(resources, "extension", name);
  return isFields(extension) ? extension["typed_config"] : undefined;
}

function found(resources: NamedResources, type: string, name: unknown): unknown {
  return resources[type]?.[String(name)];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
