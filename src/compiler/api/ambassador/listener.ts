/**
 * Listener: a port, what is spoken on it, and which Hosts it serves.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import { kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { enumOf, integer, list, object, optional, required, type Static, string } from "../schema/index.ts";
import { ambassadorId } from "./ids.ts";
import { selector } from "./selector.ts";

const layer = enumOf("HTTP", "PROXY", "TLS", "TCP", "UDP");

/** The last protocol of a stack, in rules for the API server. */
const transport = "self[size(self) - 1]";

/** A Listener's settings. */
export const listenerSchema = object(
  {
    ambassador_id: ambassadorId,
    port: required(integer({ min: 1, max: 65535 }), "Port that is listened on.", { example: 8443 }),
    protocol: optional(
      enumOf("HTTP", "HTTPS", "HTTPPROXY", "HTTPSPROXY", "TCP", "TLS", "UDP"),
      "Short name of a protocol stack: what is spoken on the port, from the PROXY header to HTTP.",
    ),
    protocolStack: optional(
      list(layer, {
        min: 1,
        rules: [
          { cel: `size(self) == 0 || ${transport} in ['TCP', 'UDP']`, message: "the last protocol must be TCP or UDP" },
          {
            cel: `size(self) == 0 || ${transport} != 'UDP' || ('TLS' in self && 'HTTP' in self)`,
            message: "on UDP there is HTTP/3 only, which needs TLS: write [TLS, HTTP, UDP]",
          },
        ],
      }),
      "Protocols from the outside in, in the place of `protocol`; the last one is the transport.",
      {
        example: ["PROXY", "TLS", "HTTP", "TCP"],
      },
    ),
    securityModel: required(
      enumOf("XFP", "SECURE", "INSECURE"),
      "How secure requests are told from insecure ones: by `x-forwarded-proto` (XFP), all are, or none is.",
    ),
    statsPrefix: optional(
      string(),
      "Begins the names of the listener's statistics, instead of `ingress_http` and its like.",
      { example: "shop" },
    ),
    l7Depth: optional(
      integer({ min: 0, max: 4294967295 }),
      "How many trusted proxies stand in front, whose `x-forwarded-for` and `x-forwarded-proto` are believed.",
      { unset: 0, example: 1 },
    ),
    http2MaxConcurrentStreams: optional(
      integer({ min: 1, max: 2147483647 }),
      "Limit of parallel requests on one connection, over HTTP/2 and HTTP/3.",
      { example: 100 },
    ),
    hostBinding: required(
      object(
        {
          namespace: optional(
            object({
              from: optional(
                enumOf("SELF", "ALL", "SELECTOR"),
                "Whether Hosts of the Listener's own namespace are served, or of all.",
              ),
            }),
            "By the Host's namespace.",
          ),
          selector: optional(selector, "By the Host's labels."),
        },
        {
          rules: [
            { cel: "has(self.__namespace__) || has(self.selector)", message: "needs namespace or selector" },
            { cel: "!has(self.__namespace__) || has(self.__namespace__.from)", message: "namespace needs from" },
            { cel: "!has(self.selector) || has(self.selector.matchLabels)", message: "selector needs matchLabels" },
          ],
        },
      ),
      "Which Hosts are served here; of namespace and selector, both must fit.",
    ),
  },
  {
    rules: [
      {
        cel: "has(self.protocol) || has(self.protocolStack)",
        message: "set protocol, for example to HTTPS, or protocolStack",
      },
      {
        cel: "has(self.protocolStack) || !has(self.protocol) || self.protocol != 'UDP'",
        message: "protocol UDP alone carries nothing; for HTTP/3 set protocolStack to [TLS, HTTP, UDP]",
      },
    ],
  },
);

export type ListenerSpec = Static<typeof listenerSchema>;
export type Listener = Resource<"Listener", ListenerSpec>;

/** The kind Listener. */
export const listener = kind({
  kind: "Listener",
  plural: "listeners",
  versions: ["v3alpha1"],
  feature: "listener",
  doc: "A port, what is spoken on it, and which Hosts it serves.",
  schema: listenerSchema,
  example: { port: 8443, protocol: "HTTPS", securityModel: "XFP", hostBinding: { namespace: { from: "ALL" } } },
  verify,
  columns: [
    { name: "PORT", path: ".spec.port" },
    { name: "PROTOCOL", path: ".spec.protocol" },
    { name: "STACK", path: ".spec.protocolStack" },
    { name: "STATSPREFIX", path: ".spec.statsPrefix" },
    { name: "SECURITY", path: ".spec.securityModel" },
    { name: "L7DEPTH", path: ".spec.l7Depth" },
  ],
});

const traffic = "the Listener is not used; if it was good before, that version of it goes on";

function verify(spec: ListenerSpec, at: Origin): readonly Diagnostic[] {
  return [...verifyStack(spec, at), ...verifyBinding(spec, at)];
}

function verifyStack(spec: ListenerSpec, at: Origin): readonly Diagnostic[] {
  const { protocol, protocolStack: stack } = spec;
  if (stack === undefined) {
    const hint = "set protocol, for example to HTTPS, or protocolStack";
    if (protocol === undefined)
      return [diagnose("listener/no-protocol", at, "neither protocol nor protocolStack is set", { traffic, hint })];
    if (protocol !== "UDP") return [];
    const instead = { traffic, hint: "for HTTP/3 set protocolStack to [TLS, HTTP, UDP]" };
    return [diagnose("listener/invalid-stack", child(at, "protocol"), "protocol UDP alone carries nothing", instead)];
  }
  const where = child(at, "protocolStack");
  const transport = stack.at(-1);
  if (transport !== "TCP" && transport !== "UDP") {
    return [
      diagnose("listener/invalid-stack", where, "the last protocol of the stack must be TCP or UDP", { traffic }),
    ];
  }
  if (transport === "UDP" && !stack.includes("HTTP")) {
    return [diagnose("listener/invalid-stack", where, "a stack on UDP needs HTTP", { traffic })];
  }
  if (transport === "UDP" && !stack.includes("TLS")) {
    const hint = "write [TLS, HTTP, UDP]";
    return [diagnose("listener/invalid-stack", where, "HTTP/3 needs TLS", { traffic, hint })];
  }
  return [...oddLayers(stack, where), ...twoProtocols(protocol, where)];
}

/** What is passed over in a stack that can be used all the same. */
function oddLayers(stack: NonNullable<ListenerSpec["protocolStack"]>, at: Origin): readonly Diagnostic[] {
  const transport = stack.at(-1);
  const other = stack.find((layer) => (layer === "TCP" || layer === "UDP") && layer !== transport);
  const transports = other
    ? [
        diagnose("listener/two-transports", at, `the last protocol is the transport: ${other} is passed over`, {
          traffic: `nothing listens on the ${other} port`,
          hint: `create a second Listener for ${other}, on the same port if you like`,
        }),
      ]
    : [];
  if (transport !== "UDP" || !stack.includes("PROXY")) return transports;
  const proxy = diagnose("listener/no-proxy-over-udp", at, "there is no PROXY protocol over UDP", {
    traffic: "clients have the addresses that packets come from",
  });
  return [...transports, proxy];
}

function twoProtocols(protocol: ListenerSpec["protocol"], at: Origin): readonly Diagnostic[] {
  if (protocol === undefined) return [];
  return [diagnose("listener/two-protocols", at, "both protocol and protocolStack are set; protocolStack is used")];
}

function verifyBinding(spec: ListenerSpec, at: Origin): readonly Diagnostic[] {
  const where = child(at, "hostBinding");
  const { namespace, selector: labels } = spec.hostBinding;
  const problem = (message: string): Diagnostic =>
    diagnose("listener/invalid-host-binding", where, message, { traffic });
  if (namespace === undefined && labels === undefined) return [problem("hostBinding needs namespace or selector")];
  if (namespace !== undefined && namespace.from === undefined) return [problem("hostBinding.namespace needs from")];
  if (labels !== undefined && labels.matchLabels === undefined)
    return [problem("hostBinding.selector needs matchLabels")];
  if (namespace?.from !== "SELECTOR") return [];
  return [
    diagnose(
      "listener/namespace-selector",
      child(where, "namespace", "from"),
      "namespaces cannot be selected by labels",
      {
        traffic: "Hosts of the Listener's own namespace are served, as with SELF",
      },
    ),
  ];
}
