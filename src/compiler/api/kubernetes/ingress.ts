/**
 * Ingress of any version, in the shape of networking.k8s.io/v1. One that says by annotation that it is for others, or
 * names no class at all, is of no use; one that names an IngressClass is kept until that is looked up.
 */
import { ok } from "#base/diagnostic.ts";
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
    resource: optional(
      object({ kind: optional(string(), "Kind."), name: optional(string(), "Name.") }, open),
      "Object.",
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

/** Where requests go: a Service and its port, by number or name, or an object of another kind. */
export type IngressBackend =
  | {
      readonly kind: "service";
      readonly service: string;
      /** Absent: that of the object. */
      readonly namespace?: string;
      readonly port?: number | string;
    }
  | { readonly kind: "resource"; readonly resource: string };

/** A path of a rule. */
export interface IngressPath {
  readonly path: string;
  readonly pathType: string;
  readonly backend?: IngressBackend;
}

/** What is read of an Ingress. */
export interface IngressSpec {
  /** The IngressClass that decides whether it is ours; absent: its annotation says so. */
  readonly className?: string;
  /** The text of the annotation that asks for the paths of old. */
  readonly legacyPaths?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls: readonly { readonly hosts: readonly string[]; readonly secretName?: string }[];
  readonly rules: readonly { readonly host?: string; readonly paths: readonly IngressPath[] }[];
}

export type Ingress = Resource<"Ingress", IngressSpec>;

/** Annotation with the instance that an Ingress or IngressClass is for. */
export const idAnnotation = "getambassador.io/ambassador-id";

/** Annotation that restores how paths were matched and sent on. */
export const legacyPathsAnnotation = "getambassador.io/ingress-legacy-paths";

/** The kind Ingress. */
export const ingress = coreKind({
  kind: "Ingress",
  group: "networking.k8s.io",
  versions: ["v1beta1", "v1"],
  body,
  narrow({ spec = {} }, { annotations }, settings) {
    const isAnnotated = annotations["kubernetes.io/ingress.class"]?.toLowerCase() === "ambassador";
    const { ingressClassName: className } = spec;
    if (!isAnnotated && className === undefined) return { diagnostics: [] };
    if ((annotations[idAnnotation] ?? "default") !== settings.ambassadorId) return { diagnostics: [] };
    const legacyPaths = annotations[legacyPathsAnnotation];
    return ok<IngressSpec>({
      ...(isAnnotated || className === undefined ? {} : { className }),
      ...(legacyPaths === undefined ? {} : { legacyPaths }),
      ...optionalBackend("defaultBackend", spec.defaultBackend ?? spec.backend),
      tls: (spec.tls ?? []).map(({ hosts = [], ...rest }) => ({ hosts, ...rest })),
      rules: (spec.rules ?? []).map(({ host, http }) => ({
        ...(host === undefined ? {} : { host }),
        paths: (http?.paths ?? []).map(narrowPath),
      })),
    });
  },
});

function narrowPath(given: Static<typeof path>): IngressPath {
  const { pathType = "ImplementationSpecific" } = given;
  return { path: given.path || "/", pathType, ...optionalBackend("backend", given.backend) };
}

function optionalBackend<K extends string>(
  key: K,
  given: Static<typeof backend> | undefined,
): { readonly [P in K]?: IngressBackend } {
  const narrowed = given && narrowBackend(given);
  return (narrowed ? { [key]: narrowed } : {}) as { readonly [P in K]?: IngressBackend };
}

function narrowBackend({ service, resource, serviceName, servicePort }: Static<typeof backend>) {
  const name = service?.name ?? serviceName;
  const port = service?.port?.number ?? service?.port?.name ?? servicePort;
  if (name !== undefined) return { kind: "service", service: name, ...(port === undefined ? {} : { port }) } as const;
  return resource && ({ kind: "resource", resource: `${resource.kind ?? "?"} ${resource.name ?? "?"}` } as const);
}
