/**
 * Ingress of any version, in the shape of networking.k8s.io/v1. It is ours by its class and its annotations.
 */
import { diagnose, ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { integer, list, object, optional, type Static, string, variants } from "../schema/index.ts";
import { coreKind } from "./narrow.ts";

const open = { open: true };

const backend = object(
  {
    service: optional(
      object(
        {
          name: optional(string(), "Name."),
          port: optional(
            object({ number: optional(integer(), "Number."), name: optional(string(), "Name.") }, open),
            "Port.",
          ),
        },
        open,
      ),
      "Service.",
    ),
    serviceName: optional(string(), "Service, in old versions."),
    servicePort: optional(variants(integer(), string()), "Port, in old versions."),
  },
  open,
);

const path = object(
  { path: optional(string(), "Path."), pathType: optional(string(), "Type."), backend: optional(backend, "Backend.") },
  open,
);

const rule = object(
  {
    host: optional(string(), "Host."),
    http: optional(object({ paths: optional(list(path), "Paths.") }, open), "Paths."),
  },
  open,
);

const tls = object({ hosts: optional(list(string()), "Hosts."), secretName: optional(string(), "Secret.") }, open);

const body = object(
  {
    spec: optional(
      object(
        {
          ingressClassName: optional(string(), "Class."),
          defaultBackend: optional(backend, "Backend."),
          backend: optional(backend, "Backend, in old versions."),
          tls: optional(list(tls), "Certificates."),
          rules: optional(list(rule), "Rules."),
        },
        open,
      ),
      "Settings.",
    ),
  },
  open,
);

/** A Service and its port. */
export interface IngressBackend {
  readonly service: string;
  readonly port: number | string;
}

/** A path of a rule. */
export interface IngressPath {
  readonly path: string;
  readonly exact: boolean;
  readonly backend?: IngressBackend;
}

/** What is read of an Ingress. */
export interface IngressSpec {
  readonly className?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName?: string }[];
  readonly rules: readonly { readonly host?: string; readonly paths: readonly IngressPath[] }[];
}

export type Ingress = Resource<"Ingress", IngressSpec>;

/** Annotation with the instance that an Ingress or IngressClass is for. */
export const idAnnotation = "getambassador.io/ambassador-id";

/** The kind Ingress. */
export const ingress = coreKind({
  kind: "Ingress",
  group: "networking.k8s.io",
  versions: ["v1beta1", "v1"],
  body,
  narrow({ spec = {} }, raw, settings) {
    const annotated = raw.annotations["kubernetes.io/ingress.class"];
    const className = annotated?.toLowerCase() ?? spec.ingressClassName;
    if (className !== "ambassador") return { diagnostics: [] };
    if ((raw.annotations[idAnnotation] ?? "default") !== settings.ambassadorId) return { diagnostics: [] };
    const narrow: IngressSpec = {
      className,
      ...optionalBackend("defaultBackend", spec.defaultBackend ?? spec.backend),
      tls: (spec.tls ?? []).map(({ hosts = [], ...rest }) => ({ hosts, ...rest })),
      rules: (spec.rules ?? []).map(({ host, http }) => ({
        ...(host === undefined ? {} : { host }),
        paths: (http?.paths ?? []).map(narrowPath),
      })),
    };
    const traffic = "requests for its hosts and paths are not served by it";
    const at = { ref: raw.ref, path: "" };
    return ok(narrow, [diagnose("ingress/not-yet-supported", at, "Ingress is not supported yet", { traffic })]);
  },
});

function narrowPath(given: Static<typeof path>): IngressPath {
  return { path: given.path ?? "/", exact: given.pathType === "Exact", ...optionalBackend("backend", given.backend) };
}

function optionalBackend<K extends string>(
  key: K,
  given: Static<typeof backend> | undefined,
): { readonly [P in K]?: IngressBackend } {
  const service = given?.service?.name ?? given?.serviceName;
  if (service === undefined) return {};
  const port = given?.service?.port?.number ?? given?.service?.port?.name ?? given?.servicePort ?? 80;
  return { [key]: { service, port } } as { readonly [P in K]?: IngressBackend };
}
