/**
 * The directory of sockets and of Envoy's bootstrap: fresh for each run, and nobody else may enter it.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

// sockaddr_un has room for 108 bytes with the final zero.
const longestSocketPath = 107;

/** Makes the directory, under `parent` or else under the system's temporary directory. */
export async function makeRuntimeDirectory(parent: string = tmpdir()): Promise<RuntimeDirectory> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(parent, "dragoman-"));
  const directory = runtimeDirectory(path);
  const longest = Buffer.byteLength(directory.envoyAdminSocket);
  if (longest <= longestSocketPath) return directory;
  await rm(path, { recursive: true });
  throw new Error(
    `The path ${directory.envoyAdminSocket} is ${longest} bytes long, but a unix socket's may have ${longestSocketPath}: choose a shorter directory.`,
  );
}

/** The names inside a runtime directory that exists. */
export function runtimeDirectory(path: string): RuntimeDirectory {
  return {
    path,
    xdsSocket: join(path, "xds.sock"),
    envoyAdminSocket: join(path, "envoy-admin.sock"),
    controlSocket: join(path, "control.sock"),
    bootstrapFile: join(path, "envoy.json"),
    xdsIdentityFile: join(path, "xds-identity.json"),
    xdsAuthoritiesFile: join(path, "xds-authorities.json"),
  };
}
