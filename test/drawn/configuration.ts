/**
 * Whole configurations over all kinds and fields, as manifests, with the routes that they are meant to declare.
 * In half of them hosts and paths of different objects meet; in the others every object has paths of its own.
 */
import fc, { type Arbitrary } from "fast-check";
import { edge } from "./edge.ts";
import { type DrawnIngress, drawnIngress, ingressClass, ingressManifests, ingressMatch } from "./ingresses.ts";
import { fileOf, type Manifest, portOf } from "./manifest.ts";
import { type DrawnMapping, drawnMapping, mappingManifests } from "./mappings.ts";
import { modules } from "./modules.ts";
import { services } from "./services.ts";
import { apart, type MatchWish } from "./wanted.ts";

/** A route that an object declares. */
export interface DeclaredRoute {
  readonly kind: "Mapping" | "Ingress" | "TCPMapping";
  readonly name: string;
  /** Where in the object it is declared, as far as the object declares several. */
  readonly path: string;
  readonly wish: MatchWish;
}

/** A drawn configuration. */
export interface Configuration {
  readonly manifests: readonly Manifest[];
  readonly routes: readonly DeclaredRoute[];
  /** Decides everything about the requests that the configuration does not. */
  readonly salt: number;
}

/** Any configuration. */
export const configuration: Arbitrary<Configuration> = fc
  .record({
    isCrowded: fc.boolean(),
    mappings: fc.array(drawnMapping, { minLength: 3, maxLength: 14, size: "max" }),
    ingresses: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(drawnIngress, { minLength: 1, maxLength: 2 }) },
    ),
    edge,
    modules,
    services,
    endpoints: fc.constantFrom("Endpoints", "EndpointSlice"),
    salt: fc.nat(),
  })
  .map(({ isCrowded, mappings, ingresses, edge, modules, services, endpoints, salt }) => {
    const routes = [
      ...mappingRoutes(mappings, isCrowded),
      ...ingressRoutes(ingresses, mappings.length, isCrowded),
      { manifests: [], declared: edge.filter(({ kind }) => kind === "TCPMapping").map(tcpRoute) },
    ];
    const manifests = [...edge, ...modules, ...services, ...routes.flatMap((route) => route.manifests)];
    const known = new Set<string>();
    const once = manifests.filter((one) => {
      const key = `${one.kind} ${one.metadata.name}`;
      return one.kind !== "Service" || (!known.has(key) && known.add(key));
    });
    return {
      manifests: [...once, ...once.filter(({ kind }) => kind === "Service").map((one) => addresses(one, endpoints))],
      routes: routes.flatMap((route) => route.declared),
      salt,
    };
  });

/** The configuration as a file with a golden case's placeholders. */
export function textOf({ manifests }: Configuration): string {
  return fileOf(manifests);
}

interface Routes {
  readonly manifests: readonly Manifest[];
  readonly declared: readonly DeclaredRoute[];
}

function mappingRoutes(mappings: readonly DrawnMapping[], isCrowded: boolean): readonly Routes[] {
  const wishes: MatchWish[] = [];
  return mappings.map((drawn, index) => {
    const before = drawn.isCanary ? wishes[index - 1] : undefined;
    const wish = before ?? (isCrowded ? drawn.wish : apart(drawn.wish, index));
    wishes.push(wish);
    const declared = { kind: "Mapping" as const, name: `m${index}`, path: "", wish };
    const isOurs = JSON.stringify(drawn.id ?? "default").includes("default");
    return {
      manifests: mappingManifests(drawn, wish, index),
      declared: isOurs && !drawn.action.shadow ? [declared] : [],
    };
  });
}

function ingressRoutes(ingresses: readonly DrawnIngress[], before: number, isCrowded: boolean): readonly Routes[] {
  let next = before;
  const all = ingresses.map((drawn, i): Routes => {
    const first = next;
    next += drawn.wishes.length;
    const name = `i${i}`;
    const meant = drawn.wishes.map((wish) => ingressMatch(drawn, wish));
    const wishes = meant.map((wish, j) => (isCrowded ? wish : apart(wish, first + j)));
    const declared = wishes.map((wish, j) => ({
      kind: "Ingress" as const,
      name,
      path: `.spec.rules[${j}].http.paths[0]`,
      wish,
    }));
    return { manifests: ingressManifests(drawn, wishes, name, first), declared };
  });
  return ingresses.some(({ byClass }) => byClass) ? [...all, { manifests: [ingressClass], declared: [] }] : all;
}

/** Connections are chosen by the name that TLS asks for alone. */
function tcpRoute({ metadata: { name }, spec }: Manifest): DeclaredRoute {
  const { host = "*" } = spec as { readonly host?: string };
  const path = { form: "prefix", text: "/", anyCase: false } as const;
  const wish: MatchWish = { path, host: { form: "exact", text: host }, headers: [], query: [] };
  return { kind: "TCPMapping", name, path: "", wish };
}

/** Where a Service's only upstream is. */
function addresses({ metadata: { name } }: Manifest, kind: string): Manifest {
  const ports = [{ name: "web", port: portOf(`m${name.slice(1)}`) }];
  if (kind === "Endpoints") {
    return { apiVersion: "v1", kind, metadata: { name }, subsets: [{ addresses: [{ ip: "127.0.0.1" }], ports }] };
  }
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind,
    metadata: { name: `${name}-1`, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports,
    endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }],
  };
}
