/** What is there before any scenario begins: two hosts with certificates, routes that stay, routes to be changed. */
import { type Backend, startBackend } from "./backends.ts";
import type { Manifests } from "./gateway.ts";
import type { Question } from "./ledger.ts";
import { edition, host, listener, mapping, module, secret, service } from "./manifests.ts";

/** By what a pod is told from the one that it replaces. */
export type Colour = "blue" | "green";

/** The services of a run, by their names. */
export interface Backends {
  readonly steady: Backend;
  readonly one: Backend;
  readonly two: Backend;
  readonly deny403: Backend;
  readonly deny401: Backend;
  readonly grpc: Backend;
  /** The one or two that are the Service `shop`, which scenarios replace. */
  readonly pods: Record<Colour, Backend>;
  close(): void;
}

/** Starts them. */
export async function startBackends(): Promise<Backends> {
  const [steady, one, two, deny403, deny401, grpc, blue] = await Promise.all([
    startBackend("steady"),
    startBackend("one"),
    startBackend("two"),
    startBackend("auth", 403),
    startBackend("auth", 401),
    startBackend("grpc"),
    startBackend("blue"),
  ]);
  const all = { steady, one, two, deny403, deny401, grpc };
  const pods = { blue, green: blue };
  return {
    ...all,
    pods,
    close() {
      for (const backend of [...Object.values(all), ...Object.values(pods)]) backend.kill();
    },
  };
}

/** Questions that are never to be answered otherwise, on each filter chain for TLS. */
export const steadyQuestions: readonly Question[] = ["a.test", "b.test", "any.wild.test"].map((name) => ({
  name: `steady at ${name}`,
  host: name,
  path: "/steady/",
}));

/** Whatever stays. */
export function scene({ steady, one, grpc, pods }: Backends): Record<string, Manifests> {
  return {
    "module.yaml": [module()],
    "listeners.yaml": [listener("http", 8080, "HTTP"), listener("https", 8443, "HTTPS")],
    "host-a.yaml": [host("a", "a.test", { secret: "a" })],
    "host-b.yaml": [host("b", "b.test", { secret: "b" })],
    "secret-a.yaml": [secret("a", "a.test", "first")],
    "secret-b.yaml": [secret("b", "b.test", "b")],
    "steady.yaml": [
      mapping("steady", steady.address),
      mapping("echo", grpc.address, { prefix: "/loss.Echo/", rewrite: "", grpc: true, timeout_ms: 0 }),
      mapping("upgraded", steady.address, { allow_upgrade: ["websocket"], timeout_ms: 0 }),
    ],
    "beats.yaml": service("beats", { steady }),
    "beats-mapping.yaml": [streaming()],
    "host-wild.yaml": [secret("wild", "*.wild.test", "wild"), host("wild", "*.wild.test", { secret: "wild" })],
    "edited.yaml": [mapping("edited", one.address, edition("1"))],
    "renamed.yaml": [mapping("renamed", one.address)],
    "shop.yaml": service("shop", { blue: pods.blue }),
    "shop-mapping.yaml": [mapping("shop", "shop")],
  };
}

/** The Mapping of responses without an end. */
export function streaming(more: object = {}): object {
  return mapping("beats", "beats", { rewrite: "", timeout_ms: 0, ...more });
}
