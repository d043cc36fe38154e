/**
 * Knative's own Ingress. Its annotation may leave it to another implementation; with none it is ours, as it always was.
 * It is of use only where the operator has switched Knative on.
 */
import { diagnose, ok } from "#base/diagnostic.ts";
import type { Resource } from "../resource.ts";
import { enumOf, integer, list, map, object, optional, type Static, string, variants } from "../schema/index.ts";
import { type IngressBackend, idAnnotation } from "./ingress.ts";
import { coreKind } from "./narrow.ts";

const open = { open: true };
const ignored = (because: string) => ({ status: "ignored", because }) as const;

const split = object(
  {
    serviceName: optional(string(), "Service."),
    serviceNamespace: optional(string(), "Its namespace."),
    servicePort: optional(variants(integer(), string()), "Its port, by number or name."),
    percent: optional(integer({ min: 0, max: 100 }), "Share of the requests."),
    appendHeaders: optional(map(string()), "Headers to set."),
  },
  open,
);

const path = object(
  {
    path: optional(string(), "Prefix of the path."),
    headers: optional(map(object({ exact: optional(string(), "Value.") }, open)), "Headers that requests must have."),
    rewriteHost: optional(string(), "Host that the service sees."),
    splits: optional(list(split), "Where requests go."),
    appendHeaders: optional(map(string()), "Headers to set."),
    timeout: optional(string(), "How long an answer may take."),
    retries: optional(object({}, open), "Retries.", ignored("Knative no longer asks for retries")),
  },
  open,
);

const rule = object(
  {
    hosts: optional(list(string()), "Names."),
    visibility: optional(enumOf("ExternalIP", "ClusterLocal"), "Who may send requests."),
    http: optional(object({ paths: optional(list(path), "Paths.") }, open), "Paths."),
  },
  open,
);

const tls = object(
  {
    hosts: optional(list(string()), "Names."),
    secretName: optional(string(), "Secret."),
    secretNamespace: optional(string(), "Its namespace."),
    serverCertificate: optional(string(), "Key.", ignored("the certificate is tls.crt")),
    privateKey: optional(string(), "Key.", ignored("the key is tls.key")),
  },
  open,
);

const body = object(
  {
    spec: optional(
      object(
        {
          httpOption: optional(enumOf("Enabled", "Redirected"), "What becomes of requests in cleartext."),
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

type Texts = Readonly<Record<string, string>>;

/** A share of a path's requests. */
export interface KnativeSplit {
  readonly backend?: IngressBackend;
  readonly percent?: number;
  readonly setHeaders: Texts;
}

/** A path of a rule, and what headers requests must have beside it. */
export interface KnativePath {
  readonly path: string;
  readonly headers: Texts;
  readonly rewriteHost?: string;
  readonly splits: readonly KnativeSplit[];
  readonly setHeaders: Texts;
  readonly timeout?: string;
}

/** What is read of a Knative Ingress. */
export interface KnativeIngressSpec {
  readonly redirects: boolean;
  readonly tls: readonly {
    readonly hosts: readonly string[];
    readonly secretName?: string;
    readonly secretNamespace?: string;
  }[];
  readonly rules: readonly {
    readonly hosts: readonly string[];
    /** For the cluster alone. */
    readonly isLocal: boolean;
    readonly paths: readonly KnativePath[];
  }[];
}

export type KnativeIngress = Resource<"KnativeIngress", KnativeIngressSpec>;

const className = "ambassador.ingress.networking.knative.dev";
/** Today's name of the annotation, and that of old. */
const classAnnotations = ["networking.knative.dev/ingress-class", "networking.knative.dev/ingress.class"];

/** Knative's kind Ingress. */
export const knativeIngress = coreKind({
  kind: "KnativeIngress",
  group: "networking.internal.knative.dev",
  versions: ["v1alpha1"],
  body,
  narrow({ spec = {} }, { annotations, ref }, settings) {
    const asked = classAnnotations.map((name) => annotations[name]).find((name) => name !== undefined);
    if ((asked ?? className) !== className) return { diagnostics: [] };
    if ((annotations[idAnnotation] ?? "default") !== settings.ambassadorId) return { diagnostics: [] };
    if (!settings.knative) {
      const detail = {
        traffic: "requests for its hosts are not served by it",
        hint: "set AMBASSADOR_KNATIVE_SUPPORT=true",
      };
      const message = "Ingresses of Knative are not looked at";
      return { diagnostics: [diagnose("ingress/knative-off", { ref, path: "" }, message, detail)] };
    }
    return ok<KnativeIngressSpec>({
      redirects: spec.httpOption === "Redirected",
      tls: (spec.tls ?? []).map(({ hosts = [], secretName, secretNamespace }) => ({
        hosts,
        ...(secretName === undefined ? {} : { secretName }),
        ...(secretNamespace ? { secretNamespace } : {}),
      })),
      rules: (spec.rules ?? []).map(({ hosts = [], visibility, http }) => ({
        hosts,
        isLocal: visibility === "ClusterLocal",
        paths: (http?.paths ?? []).map(narrowPath),
      })),
    });
  },
});

function narrowPath(given: Static<typeof path>): KnativePath {
  const { headers = {}, rewriteHost, splits = [], appendHeaders = {}, timeout } = given;
  return {
    path: given.path || "/",
    headers: Object.fromEntries(Object.entries(headers).map(([name, { exact = "" }]) => [name, exact])),
    ...(rewriteHost ? { rewriteHost } : {}),
    splits: splits.map(narrowSplit),
    setHeaders: appendHeaders,
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function narrowSplit(given: Static<typeof split>): KnativeSplit {
  const { serviceName, serviceNamespace: namespace, servicePort: port, percent, appendHeaders = {} } = given;
  return {
    ...(serviceName
      ? { backend: { kind: "service", service: serviceName, ...(namespace ? { namespace } : {}), port: port ?? 80 } }
      : {}),
    ...(percent === undefined ? {} : { percent }),
    setHeaders: appendHeaders,
  };
}
