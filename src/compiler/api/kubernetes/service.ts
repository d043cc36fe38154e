/**
 * Service: its ports, and how to reach it where its endpoints cannot be read.
 */
import { ok } from "#base/diagnostic.ts";
import type { RawObject } from "../raw-object.ts";
import type { Resource } from "../resource.ts";
import {
  defaulted,
  integer,
  list,
  map,
  object,
  optional,
  required,
  type Static,
  string,
  variants,
} from "../schema/index.ts";
import { coreKind, tcpPorts } from "./narrow.ts";

const port = object(
  {
    name: optional(string(), "Name."),
    port: required(integer({ min: 1, max: 65535 }), "Port of the Service."),
    targetPort: optional(variants(integer(), string()), "Port of the endpoints, by number or name."),
    protocol: defaulted(string(), "TCP", "Protocol."),
  },
  { open: true },
);

const body = object(
  {
    spec: optional(
      object(
        {
          type: optional(string(), "Type."),
          clusterIP: optional(string(), "Address."),
          externalName: optional(string(), "DNS name of an ExternalName."),
          ports: optional(list(port), "Ports."),
          selector: optional(map(string()), "Labels of its Pods."),
        },
        { open: true },
      ),
      "Settings.",
    ),
  },
  { open: true },
);

export type ServicePort = Static<typeof port>;

/** What is read of a Service. */
export interface ServiceSpec {
  readonly type: string;
  /** "None" for a headless one. */
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly ports: readonly ServicePort[];
  readonly hasSelector: boolean;
}

export type Service = Resource<"Service", ServiceSpec>;

/** Where the gateway's own Service is, as the operator's settings say it. */
export interface OwnServicePlace {
  readonly namespace: string;
  readonly ownService?: string;
}

/** Whether an object is the gateway's own Service: by its name, else by the label that the charts of old gave it. */
export function isOwnService(
  { ref, labels }: Pick<RawObject, "ref" | "labels">,
  { namespace, ownService }: OwnServicePlace,
): boolean {
  if (ref.kind !== "Service" || ref.group !== "" || ref.namespace !== namespace) return false;
  if (ownService !== undefined) return ref.name === ownService;
  return labels["app.kubernetes.io/component"] === "ambassador-service";
}

/** The kind Service. */
export const service = coreKind({
  kind: "Service",
  group: "",
  versions: ["v1"],
  body,
  narrow({ spec }) {
    const { type = "ClusterIP", clusterIP, externalName, ports, selector = {} } = spec ?? {};
    return ok<ServiceSpec>({
      type,
      ...(clusterIP === undefined || clusterIP === "" ? {} : { clusterIP }),
      ...(externalName === undefined || externalName === "" ? {} : { externalName }),
      ports: tcpPorts(ports),
      hasSelector: Object.keys(selector).length > 0,
    });
  },
});
