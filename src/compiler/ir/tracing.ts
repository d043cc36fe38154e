/** Where the spans of requests go, and what is in them: a field of every connection manager. */
import type { Origin } from "#base/origin.ts";
import type { ClusterName } from "./cluster.ts";

/** The kinds of collectors, each with what only it is told. */
export type TracingDriver =
  | {
      readonly kind: "zipkin";
      readonly endpoint: string;
      readonly hostname: string;
      readonly protobuf: boolean;
      readonly longTraceIds: boolean;
      readonly sharedSpans?: boolean;
    }
  | { readonly kind: "datadog"; readonly hostname: string; readonly serviceName: string }
  | { readonly kind: "opentelemetry"; readonly authority: string; readonly serviceName: string };

/** A tag of every span, and where its value comes from. */
export type TracingTag = { readonly tag: string } & (
  | { readonly from: "literal"; readonly value: string }
  | { readonly from: "environment" | "requestHeader"; readonly name: string; readonly fallback: string }
);

/** The instance-wide tracing. */
export interface Tracing {
  /** What asks for it. */
  readonly origin: Origin;
  readonly cluster: ClusterName;
  readonly driver: TracingDriver;
  /** In percent. */
  readonly sampling: Readonly<Partial<Record<"client" | "random" | "overall", number>>>;
  readonly tags: readonly TracingTag[];
}
