/**
 * Adds to package-lock.json the builds of our tools for other machines, when the registry in use does not carry them.
 * `npm ci` insists on an entry for every optional dependency, and npm writes none for one that it could not look up.
 * Run it after `npm install`; it changes nothing when nothing is missing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** The entry for a build that this machine does not need; its name says which machine does. */
function foreignEntry(name: string, version: string, dev: boolean): object {
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.some((word) => word.replace(/^armv\d$/, "arm") === processor));
  const libc = words.some((word) => word.startsWith("musl")) ? { libc: ["musl"] } : {};
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`${name} does not say which machine it is for`);
  return { version, cpu, ...(dev ? { dev } : {}), ...libc, optional: true, os };
}

const file = join(import.meta.dirname, "..", "package-lock.json");
const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync(file, "utf8"));
let added = 0;
for (const entry of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    if (lock.packages[key]) continue;
    lock.packages[key] = foreignEntry(name, version, entry.dev ?? false);
    added += 1;
  }
}
if (added > 0) {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.error(`added ${added} builds for other machines`);
}
