/** The label by which the Hosts of Ingresses and the routes of Ingresses find each other. */
import type { LabelSelector } from "../ir/host.ts";

/** What every route of an Ingress carries, and what the Hosts of TLS sections select. */
export const ingressLabel: LabelSelector = { "getambassador.io/ingress": "true" };
