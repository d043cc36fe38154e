/**
 * How an API server is reached and as whom: what a kubeconfig or a pod's service account says, in one form. Everything
 * that may be replaced while the process runs is asked for again; nothing of it is ever logged.
 */

/** A way to an API server. */
export interface Access {
  /** `https://host:port`, with a path where the server is behind one; no slash at its end. */
  readonly server: string;
  /** The name that its certificate must have, where that is not the host's. */
  readonly serverName?: string;
  /** Whether its certificate is not looked at. */
  readonly insecure?: boolean;
  /** `http://host:port` of a proxy. */
  readonly proxy?: string;
  /** The namespace of the context, or of the pod. */
  readonly namespace: string;
  readonly credentials: Credentials;
}

/** Where an identity comes from. */
export interface Credentials {
  /** The identity as it is now; rejects with {@link AccessUnavailable}. */
  current(): Promise<Identity>;
  /** The server did not accept the last one: it is read or made anew the next time. */
  refused(): void;
}

/** Who asks, and whom to believe. PEM texts. */
export interface Identity {
  /** Value of the authorization header. */
  readonly authorization?: string;
  readonly certificate?: { readonly chain: string; readonly key: string };
  /** Certificate authorities of the server; the system's when absent. */
  readonly ca?: string;
}

/** Thrown when there is no way to an API server, or no identity; the message is one sentence for a person. */
export class AccessUnavailable extends Error {
  override readonly name = "AccessUnavailable";
}
