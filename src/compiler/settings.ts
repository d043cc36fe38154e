/**
 * What the operator, not a manifest, decides: the identity of this instance and how a run on one machine differs
 * from one in a cluster. Plain data, an input of the graph like any other.
 */

import type { LabelRequirement } from "#base/label-selector.ts";

/** Which objects are looked at. */
export interface Scope {
  /** AMBASSADOR_SINGLE_NAMESPACE: those of the instance's own namespace only. */
  readonly singleNamespace?: boolean;
  /** AMBASSADOR_CERTS_SINGLE_NAMESPACE: the same for Secrets. */
  readonly certsSingleNamespace?: boolean;
  /** AMBASSADOR_LABEL_SELECTOR. */
  readonly labelSelector?: readonly LabelRequirement[];
}

/** `pathed`: as `scoped`, but every virtual host is in parts, however few routes it has. */
export type RouteTables = "table" | "scoped" | "pathed";

/** Where Envoy has certificates from: each in a chain of its own, or asked for at the first handshake with its name. */
export type CertificateSource = "chains" | "by-name";

/** The operator's choices. Absent optional fields mean "as in a cluster". */
export interface Settings {
  /** AMBASSADOR_ID. */
  readonly ambassadorId: string;
  /** AMBASSADOR_NAMESPACE: the instance's own namespace. */
  readonly namespace: string;
  /** DRAGOMAN_SERVICE: the name of the gateway's own Service; else a label tells which it is. */
  readonly ownService?: string;
  /** AMBASSADOR_ENVOY_BIND_ADDRESS. */
  readonly bindAddress: string;
  /**
   * Port that redirects to https name; `own` is where this instance's https listener really is, unset keeps what the
   * request named (a cluster behind a load balancer).
   */
  readonly httpsPort?: number | "own";
  /** Absent: all objects are looked at. */
  readonly scope?: Scope;
  /** `--port 8080:18080`: listener port → port really bound on this machine. */
  readonly ports: Readonly<Record<string, number>>;
  /** `--resolve echo.backend:80=127.0.0.1:9001`: `name.namespace:port` → address. */
  readonly resolve: Readonly<Record<string, string>>;
  /** Environment variables that manifests may use as `$NAME`, and their values. */
  readonly expandEnv: Readonly<Record<string, string>>;
  /** Names of all environment variables there are: the old system put in each, this one those of `expandEnv` alone. */
  readonly envNames?: readonly string[];
  /** AMBASSADOR_DISABLE_ENDPOINTS. */
  readonly disableEndpoints: boolean;
  /** AMBASSADOR_KNATIVE_SUPPORT: Knative's Ingresses are served. */
  readonly knative?: true;
  /** DISABLE_STRICT_LABEL_SELECTORS: one matching label suffices. */
  readonly looseLabelSelectors: boolean;
  /** `host:port` of this run's admin interface, where there is one: what the probe routes lead to. */
  readonly adminAddress?: string;
  /**
   * DRAGOMAN_FALLBACK_CERT: without Hosts, TLS is served with the Secret `fallback-self-signed-cert` where there is
   * one, and cleartext requests are redirected, or routed (AMBASSADOR_NO_TLS_REDIRECT).
   */
  readonly fallbackCertificate?: "redirect" | "route";
  /** AMBASSADOR_ISTIO_SECRET_DIR: files of this directory are the Secret `istio-certs` of the instance's own namespace. */
  readonly istioSecretDirectory?: string;
  /** Certificates of Hosts with an authority are obtained by this instance, into Secrets that come as objects. */
  readonly obtainsCertificates?: true;
  /** How route tables are laid out; absent: as the run has chosen, else as `table`. */
  readonly routeTables?: RouteTables;
  /** Absent: as the run has chosen, else `chains`. */
  readonly certificates?: CertificateSource;
  /** Ports below this one may not be bound by this process (net.ipv4.ip_unprivileged_port_start, 0 when root). */
  readonly unprivilegedPortStart: number;
  /** What Envoy the resources are for, `1.40`. */
  readonly envoyVersion: string;
}

/** A cluster's defaults: what an unconfigured instance runs with. */
export const defaultSettings: Settings = {
  ambassadorId: "default",
  namespace: "default",
  bindAddress: "0.0.0.0",
  ports: {},
  resolve: {},
  expandEnv: {},
  disableEndpoints: false,
  looseLabelSelectors: false,
  unprivilegedPortStart: 0,
  envoyVersion: "1.40",
};
