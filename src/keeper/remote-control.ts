/** What a data plane by itself has instead of a control process: a control plane elsewhere, and answers for probes. */
import type { Log } from "#base/log.ts";
import type { RuntimeDirectory } from "#base/runtime-directory.ts";
import type { TlsPaths, TlsTexts } from "#base/tls-files.ts";
import type { RemoteXds } from "./remote-bootstrap.ts";
import { keepCredentials } from "./xds-credentials.ts";

/** A control plane elsewhere, and who this Envoy is there. */
export interface RemoteControl extends Omit<RemoteXds, "identityFile" | "authoritiesFile"> {
  readonly paths: TlsPaths;
  readonly texts: TlsTexts;
  /** Answers probes, since no control process does. */
  openAdmin(directory: RuntimeDirectory): Promise<ProbeAnswers>;
}

/** Where probes are answered. */
export interface ProbeAnswers {
  /** What follows the word `ready` on standard output. */
  readonly text: string;
  close(): Promise<void>;
}

/** Opened for one run. */
export interface OpenRemoteControl extends ProbeAnswers {
  readonly xds: RemoteXds;
}

/** Puts everything in place that Envoy needs before it starts. */
export async function openRemoteControl(
  { host, port, serverName, paths, texts, openAdmin }: RemoteControl,
  directory: RuntimeDirectory,
  log: Log,
): Promise<OpenRemoteControl> {
  const { xdsIdentityFile: identityFile, xdsAuthoritiesFile: authoritiesFile } = directory;
  const watch = await keepCredentials(directory, paths, texts, log);
  const { text, close } = await openAdmin(directory).catch((error: unknown) => {
    watch.close();
    throw error;
  });
  return {
    xds: { host, port, serverName, identityFile, authoritiesFile },
    text,
    async close() {
      watch.close();
      await close();
    },
  };
}
