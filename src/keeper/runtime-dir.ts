/**
 * The directory of sockets and of Envoy's bootstrap: fresh for each run, and nobody else may enter it.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RuntimeDirectory, runtimeDirectoryAt } from "#base/runtime-directory.ts";

// sockaddr_un has room for 108 bytes with the final zero.
const longestSocketPath = 107;

/** Makes the directory, under `parent` or else under the system's temporary directory. */
export async function makeRuntimeDirectory(parent: string = tmpdir()): Promise<RuntimeDirectory> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(parent, "dragoman-"));
  const directory = runtimeDirectoryAt(path);
  const longest = Buffer.byteLength(directory.envoyAdminSocket);
  if (longest <= longestSocketPath) return directory;
  await rm(path, { recursive: true });
  throw new Error(
    `The path ${directory.envoyAdminSocket} is ${longest} bytes long, but a unix socket's may have ${longestSocketPath}: choose a shorter directory.`,
  );
}
