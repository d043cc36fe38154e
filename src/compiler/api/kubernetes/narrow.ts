/**
 * Admission of Kubernetes' own kinds: what the product reads of them is checked and kept, all the rest is left out in
 * silence, so that a change of it changes nothing downstream.
 */
import { type Checked, hasError, ok } from "#base/diagnostic.ts";
import type { Settings } from "../../settings.ts";
import { problemDiagnostics, resourceOf, unsupportedVersion } from "../admit-kind.ts";
import type { RawObject } from "../raw-object.ts";
import type { Resource } from "../resource.ts";
import {
  type ApiVersion,
  compileCheck,
  compileFill,
  type ObjectNode,
  type Schema,
  trailFrom,
} from "../schema/index.ts";

/** What a Kubernetes kind declares: the fields of its body that matter, and what is made of them. */
export interface Narrowing<Name extends string, Body, Spec> {
  readonly kind: Name;
  readonly group: string;
  readonly versions: readonly ApiVersion[];
  readonly body: Schema<Body> & ObjectNode;
  /** No value and no diagnostics: an object of no use here. */
  narrow(body: Body, raw: RawObject, settings: Settings): Checked<Spec>;
}

/** A Kubernetes kind, ready for use. */
export interface CoreKind<Name extends string = string, Spec = unknown> {
  readonly kind: Name;
  readonly group: string;
  readonly versions: readonly ApiVersion[];
  admit(raw: RawObject, settings: Settings): Checked<Resource<Name, Spec>>;
}

/** Compiles the declaration of a Kubernetes kind. */
export function coreKind<Name extends string, Body, Spec>(
  declaration: Narrowing<Name, Body, Spec>,
): CoreKind<Name, Spec> {
  const { kind, group, versions, body, narrow } = declaration;
  const check = compileCheck(body, "hub");
  const fill = compileFill(body) ?? ((value: unknown) => value);
  const admit = (raw: RawObject, settings: Settings): Checked<Resource<Name, Spec>> => {
    const version = versions.find((v) => v === raw.version);
    if (version === undefined) return { diagnostics: [unsupportedVersion({ kind, versions }, raw)] };
    const trail = trailFrom();
    const checked = check(raw.body, trail);
    const at = { ref: raw.ref, path: "" };
    const diagnostics = problemDiagnostics({ feature: "ingress" }, trail, at);
    if (hasError(diagnostics)) return { diagnostics };
    const { value, diagnostics: found } = narrow(fill(checked) as Body, raw, settings);
    const all = [...diagnostics, ...found];
    return value === undefined ? { diagnostics: all } : ok(resourceOf(kind, raw, version, value), all);
  };
  return { kind, group, versions, admit };
}

/** The ports that services can be reached by: Envoy speaks TCP with all of them. */
export function tcpPorts<P extends { readonly protocol: string }>(ports: readonly P[] = []): readonly P[] {
  const takesTcp = ({ protocol }: P): boolean => protocol === "TCP";
  return ports.every(takesTcp) ? ports : ports.filter(takesTcp);
}
