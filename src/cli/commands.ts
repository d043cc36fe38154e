/** The table of commands, in the order of the help text. A command is loaded when it is asked for. */
import type { CommandEntry } from "./command-entry.ts";

/** All commands. */
export const commands: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "run Envoy on manifests, and keep it up to date",
    load: async () => (await import("./run.ts")).runCommand(),
  },
  {
    name: "envoy",
    summary: "run an Envoy whose control plane is elsewhere",
    load: async () => (await import("./envoy.ts")).envoyCommand(),
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
    name: "why",
    summary: "say which route takes a request, and why the others do not",
    load: async () => (await import("./why.ts")).whyCommand(),
  },
  {
    name: "routes",
    summary: "list routes",
    load: async () => (await import("./routes.ts")).routesCommand(),
  },
  {
    name: "diff",
    summary: "say what changes between two sets of manifests",
    load: async () => (await import("./diff.ts")).diffCommand(),
  },
  {
    name: "wait",
    summary: "wait until an object is served",
    load: async () => (await import("./wait.ts")).waitCommand(),
  },
  {
    name: "demo-backends",
    summary: "start the two services that the quickstart routes to",
    load: async () => (await import("./demo-backends.ts")).demoBackendsCommand(),
  },
  {
    name: "crds",
    summary: "print the definitions of custom resources for a cluster",
    load: async () => (await import("./crds.ts")).crdsCommand(),
  },
  {
    name: "webhook",
    summary: "convert custom resources between versions for an API server",
    load: async () => (await import("./webhook.ts")).webhookCommand(),
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
  {
    name: "completion",
    summary: "print what makes a shell complete commands and options",
    load: async () => (await import("./completion.ts")).completionCommand(commands),
  },
];
