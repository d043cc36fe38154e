/** The directories that files which manifests name, such as certificates, may be read from. There is none by default. */
import { delimiter, resolve } from "node:path";
import type { SettingsFlags } from "./settings.ts";

/** Absolute paths: those of --file-dir, those of DRAGOMAN_FILE_DIRS, and that of a mesh's certificates. */
export function fileDirectories({ fileDir = [] }: SettingsFlags, env: NodeJS.ProcessEnv): readonly string[] {
  const named = (env["DRAGOMAN_FILE_DIRS"] ?? "").split(delimiter).filter((directory) => directory !== "");
  const ofMesh = env["AMBASSADOR_ISTIO_SECRET_DIR"] ? [env["AMBASSADOR_ISTIO_SECRET_DIR"]] : [];
  return [...new Set([...fileDir, ...named, ...ofMesh].map((directory) => resolve(directory)))];
}
