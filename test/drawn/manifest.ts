/**
 * Manifests as drawn: plain data, with the placeholders of golden cases in place of ports and key material, so that
 * what a failure prints is a case's input.yaml.
 */
import { stringify } from "yaml";

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

type Spec = Readonly<Record<string, unknown>>;

/** A resource of the group getambassador.io. */
export function resource(
  kind: string,
  version: string,
  name: string,
  spec: Spec,
  more: Partial<Manifest["metadata"]> = {},
): Manifest {
  return { apiVersion: `getambassador.io/${version}`, kind, metadata: { name, ...more }, spec };
}

/** The manifests as one file. */
export function fileOf(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false })).join("---\n");
}

/** The port of an upstream that answers. */
export function portOf(upstream: string, kind?: "ext-authz" | "rate-limit"): string {
  return `\${UPSTREAM:${upstream}${kind ? `:${kind}` : ""}}`;
}
