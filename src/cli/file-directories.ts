/** The directories that files which manifests name, such as certificates, may be read from. There is none by default. */
import { delimiter, resolve } from "node:path";
import type { SettingsFlags } from "./settings.ts";

/** Absolute paths: those of --file-dir, then those of DRAGOMAN_FILE_DIRS. */
export function fileDirectories({ fileDir = [] }: SettingsFlags, env: NodeJS.ProcessEnv): readonly string[] {
  const named = (env["DRAGOMAN_FILE_DIRS"] ?? "").split(delimiter).filter((directory) => directory !== "");
  return [...new Set([...fileDir, ...named].map((directory) => resolve(directory)))];
}
