/**
 * One kind of objects as the API server names it in paths, and the paths of its objects.
 */

/** A resource of the API: `mappings` of `getambassador.io/v3alpha1`. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** ConfigMaps, in which replicas keep what they share. */
export const configMaps: ApiResource = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};

/** Secrets. */
export const secrets: ApiResource = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };

/** `mappings.getambassador.io`, as people and RBAC write it. */
export function resourceName({ plural, group }: ApiResource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/** Path of all objects, or of those in one namespace. */
export function collectionPath(resource: ApiResource, namespace?: string): string {
  const { group, version, plural, namespaced } = resource;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const within = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${within}/${plural}`;
}

/** Path of one object, or of its status. */
export function objectPath(
  resource: ApiResource,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  part?: "status",
): string {
  const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return part === undefined ? path : `${path}/${part}`;
}
