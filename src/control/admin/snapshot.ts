/**
 * `/snapshot-external`: the objects in force as one JSON document in the old form, made object by object while it is
 * read. The data of Secrets is taken out, and so is what looks like a credential anywhere else.
 */
import { conceal } from "#base/conceal.ts";
import type { Diagnostic } from "#base/diagnostic.ts";
import { refKey } from "#base/origin.ts";
import type { Compiler, RawObject } from "#compiler";
import type { Identity } from "./identity.ts";
import { arrayPieces, objectPieces } from "./json-pieces.ts";
import type { AdminEndpoint } from "./server.ts";
import { manifestWithoutSecrets } from "./without-secrets.ts";

/** What it is taken from. */
export interface SnapshotSources {
  readonly compiler: Compiler;
  readonly identity: Identity;
  diagnostics(): readonly Diagnostic[];
  hasServed(): boolean;
}

/** The endpoint. */
export function snapshotEndpoint(sources: SnapshotSources): Readonly<Record<string, AdminEndpoint>> {
  return {
    "/snapshot-external": ({ input }) => {
      if (input !== undefined) return { status: 405, body: "GET only\n" };
      if (!sources.hasServed()) return { status: 503, body: "there is no configuration yet\n" };
      return { pieces: snapshot(sources), type: "application/json" };
    },
  };
}

/** The document, in pieces. */
function* snapshot({ compiler, identity, diagnostics }: SnapshotSources): Iterable<string> {
  const { inForce, invalid } = collect(compiler, diagnostics());
  const meta = {
    cluster_id: identity.clusterId(),
    ambassador_id: identity.ambassadorId,
    ambassador_version: identity.version,
    kube_version: "",
    sidecar: null,
  };
  const list = (objects: readonly RawObject[]) => arrayPieces(objects, manifestWithoutSecrets);
  const ofKinds = [
    ...Map.groupBy(
      inForce.filter(({ within }) => !within),
      snapshotKey,
    ),
  ].map(([key, objects]) => [key, () => list(objects)] as const);
  const annotations = () =>
    objectPieces(
      Map.groupBy(
        inForce.filter(({ within }) => within),
        parentOf,
      ),
      list,
    );
  yield `{"AmbassadorMeta":${JSON.stringify(meta)},"Kubernetes":`;
  yield* objectPieces([...ofKinds, ["annotations", annotations] as const], (pieces) => pieces());
  yield `,"Consul":{"Endpoints":{}},"Deltas":[],"Invalid":`;
  yield* arrayPieces(invalid, ({ object, errors }) => ({ ...manifestWithoutSecrets(object), errors: conceal(errors) }));
  yield "}\n";
}

interface Collected {
  readonly inForce: readonly RawObject[];
  readonly invalid: readonly { readonly object: RawObject; readonly errors: string }[];
}

/** In the place of a bad object stands the text that is served instead; what is wrong with it is told apart. */
function collect({ declared }: Compiler, diagnostics: readonly Diagnostic[]): Collected {
  const { inputs, objects } = declared;
  const errors = Map.groupBy(
    diagnostics.filter(({ severity }) => severity === "error"),
    ({ at }) => refKey(at.ref),
  );
  const inForce: RawObject[] = [];
  const invalid: { object: RawObject; errors: string }[] = [];
  for (const [key, [current]] of objects.identities.entries()) {
    if (!current) continue;
    const from = objects.admitted.get(key)?.from;
    const problems = errors.get(key);
    if (from === "current" || !problems) inForce.push(current);
    else invalid.push({ object: current, errors: problems.map(({ message }) => message).join("\n") });
    const lastGood = from === "lastGood" ? inputs.lastGood.get(key) : undefined;
    if (lastGood) inForce.push(lastGood.object);
  }
  return { inForce, invalid };
}

const oldKeys: Readonly<Record<string, string>> = {
  "Service.": "service",
  "Secret.": "secret",
  "ConfigMap.": "ConfigMaps",
  "Ingress.networking.k8s.io": "ingresses",
  "Ingress.extensions": "ingresses",
  "IngressClass.networking.k8s.io": "ingressclasses",
  "Ingress.networking.internal.knative.dev": "ingresses.networking.internal.knative.dev",
};

/** The key below `Kubernetes` that objects of a kind stand under. */
function snapshotKey({ ref: { group, kind } }: RawObject): string {
  return oldKeys[`${kind}.${group}`] ?? kind;
}

function parentOf({ within: ref }: RawObject): string {
  return ref ? `${ref.kind}/${ref.name}.${ref.namespace}` : "";
}
