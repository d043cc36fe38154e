/** The table of commands, in the order of the help text. A command is loaded when it is asked for. */
import type { Command } from "commander";

/** One command. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: boolean;
  load(): Promise<Command>;
}

/** All commands. */
export const commands: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "run Envoy on manifests, and keep it up to date",
    load: async () => (await import("./run.ts")).runCommand(),
  },
  {
    name: "compile",
    summary: "print what manifests compile to",
    load: async () => (await import("./compile.ts")).compileCommand(),
  },
  {
    name: "lint",
    summary: "check manifests",
    load: async () => (await import("./lint.ts")).lintCommand(),
  },
  {
    name: "demo-backends",
    summary: "start the two services that the quickstart routes to",
    load: async () => (await import("./demo-backends.ts")).demoBackendsCommand(),
  },
  {
    name: "control",
    summary: "the control plane of a run",
    hidden: true,
    load: async () => (await import("./control.ts")).controlCommand(),
  },
  {
    name: "version",
    summary: "print the version",
    load: async () => (await import("./version.ts")).versionCommand(),
  },
];
