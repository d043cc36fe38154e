/**
 * LOWER of a mesh's certificate: files that an agent beside the gateway writes and renews stand for the Secret
 * `istio-certs`, before one of the cluster's.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { FileContent, Secret } from "../api/index.ts";
import type { Collection, Derived, Reads } from "../graph/graph.ts";
import type { Settings } from "../settings.ts";

/** What the Secret is made from. */
export interface MeshLookup {
  readonly settings: Collection<Settings>;
  readonly files: Collection<FileContent>;
}

/** The Secret under its coordinates; without certificate or key there is none, and the cluster's counts. */
export function meshSecret({ settings, files }: MeshLookup): (reads: Reads) => Derived<Secret> {
  return (reads) => {
    const { istioSecretDirectory: directory, namespace = "default" } = reads.get(settings, "") ?? {};
    if (directory === undefined) return { out: [] };
    const ref: ResourceRef = { group: "", kind: "Secret", namespace, name: "istio-certs" };
    const diagnostics: Diagnostic[] = [];
    const read = (name: string): string | undefined => {
      const path = `${directory}/${name}`;
      const content = reads.get(files, path);
      if (content?.kind === "text") return content.text;
      diagnostics.push(unusable(ref, path, content?.because ?? "it is not read"));
      return undefined;
    };
    const certificate = read("cert-chain.pem");
    const privateKey = read("key.pem");
    const ca = read("root-cert.pem");
    if (certificate === undefined || privateKey === undefined) return { out: [], diagnostics };
    const spec = {
      type: "istio.io/key-and-cert",
      certificate,
      privateKey,
      ...(ca === undefined ? {} : { ca, rooted: true as const }),
    };
    const secret: Secret = { kind: "Secret", ref, version: "v1", labels: {}, spec };
    return { out: [[`${namespace}/istio-certs`, secret]], diagnostics };
  };
}

function unusable(ref: ResourceRef, path: string, because: string): Diagnostic {
  const message = `the file ${JSON.stringify(path)} of the mesh cannot be used: ${because}`;
  return diagnose("tls/unusable-file", { ref, path: "" }, message, {
    traffic: "the cluster's Secret istio-certs counts, where there is one",
    hint: "let the mesh's agent write its certificates to AMBASSADOR_ISTIO_SECRET_DIR",
  });
}
