/**
 * The container image's file system, entered as a pod does: a user namespace with one user who is not root and has no
 * capabilities, everything read-only but /tmp, and the program as process 1. The C library is this machine's.
 */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeRoot } from "../../tools/release/root.ts";

/** What of the base image is taken from this machine instead. */
const lent = ["/lib", "/lib64", "/usr/lib", "/etc", "/proc", "/dev/null", "/dev/urandom"];

/** Builds the file system, and a program that runs the image's own in it. Files are mounted, by their path in it. */
export async function enterableImage(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(directory, "root");
  await writeRoot(root);
  const points = [...lent, "/tmp"].filter((path) => path !== "/dev/null" && path !== "/dev/urandom");
  for (const path of points) mkdirSync(join(root, path), { recursive: true });
  mkdirSync(join(root, "/dev"));
  for (const path of ["/dev/null", "/dev/urandom"]) writeFileSync(join(root, path), "");
  symlinkSync("/proc/self/fd", join(root, "/dev/fd"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o444 });
  }
  const enter = join(directory, "enter.sh");
  writeFileSync(enter, script(root), { mode: 0o755 });
  return enter;
}

const script = (root: string): string => `#!/bin/sh
set -e
if [ "$1" != --inside ]; then
  exec setpriv --no-new-privs unshare --user --map-root-user --mount --pid --fork --kill-child "$0" --inside "$@"
fi
shift
mount --bind "${root}" "${root}"
${lent.map((path) => `mount --rbind ${path} "${root}${path}"`).join("\n")}
mount -t tmpfs -o mode=1777 tmpfs "${root}/tmp"
mount -o remount,bind,ro "${root}"
exec unshare --user --map-user=8888 --map-group=8888 --root="${root}" --wd=/tmp /usr/bin/node /app/dragoman.mjs "$@"
`;
