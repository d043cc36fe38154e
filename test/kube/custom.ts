/** Objects of Dragoman's kinds, as tests write them. */

/** One in the namespace `default`, unless its metadata say otherwise. */
export function custom(kind: string, name: string, spec: object, metadata: object = {}) {
  return {
    apiVersion: "getambassador.io/v3alpha1",
    kind,
    metadata: { name, namespace: "default", ...metadata },
    spec,
  };
}

/** A Host for all names, over which routes are served in cleartext. */
export const openHost = custom("Host", "all", { hostname: "*", requestPolicy: { insecure: { action: "Route" } } });
