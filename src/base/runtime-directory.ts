/** What lies in a run's directory of sockets and of Envoy's bootstrap, by name. */

/** Where everything of one run lies. */
export interface RuntimeDirectory {
  readonly path: string;
  readonly xdsSocket: string;
  readonly envoyAdminSocket: string;
  /** Control's own admin socket. */
  readonly controlSocket: string;
  readonly bootstrapFile: string;
  /** Who Envoy is, and whom it trusts, where its control plane is elsewhere. */
  readonly xdsIdentityFile: string;
  readonly xdsAuthoritiesFile: string;
}

/** The names inside a runtime directory, whether it is there or not. */
export function runtimeDirectoryAt(path: string): RuntimeDirectory {
  return {
    path,
    xdsSocket: `${path}/xds.sock`,
    envoyAdminSocket: `${path}/envoy-admin.sock`,
    controlSocket: `${path}/control.sock`,
    bootstrapFile: `${path}/envoy.json`,
    xdsIdentityFile: `${path}/xds-identity.json`,
    xdsAuthoritiesFile: `${path}/xds-authorities.json`,
  };
}
