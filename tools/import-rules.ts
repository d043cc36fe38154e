/**
 * Who may import whom, as data that check-imports.ts reads.
 * A room is a path under src; `*` stands for one folder, which may then not import its siblings.
 */

/** One room and what its files may import besides their own room. */
export interface Room {
  /** A folder (ends in a slash) or one file. The longest match wins. */
  readonly room: string;
  /** Paths under src. */
  readonly may: readonly string[];
  /** Paths under src of which only types may be imported. */
  readonly types?: readonly string[];
  /** Third-party packages. */
  readonly packages?: readonly string[];
  /** Pure rooms see no clock, no chance, no network, no files. */
  readonly pure?: boolean;
}

const protobuf = "@bufbuild/protobuf";
const compilerDoor = "compiler/index.ts";

/** The table. A pure-JavaScript library without effects (re2js, protobuf) is the only kind a pure room may use. */
export const rooms: readonly Room[] = [
  { room: "base/", may: [], pure: true },
  { room: "base/yaml-dialect.ts", may: ["base/"], packages: ["js-yaml"], pure: true },
  { room: "base/log.ts", may: ["base/"], packages: ["pino"] },
  { room: "base/lock-file.ts", may: ["base/"] },
  { room: "base/tls-files.ts", may: ["base/"] },
  { room: "gen/", may: [], packages: [protobuf] },

  { room: "compiler/graph/", may: ["base/"], pure: true },
  { room: "compiler/ir/", may: ["base/"], pure: true },
  {
    room: "compiler/api/",
    may: ["base/"],
    types: ["compiler/settings.ts"],
    packages: ["js-yaml", "re2js"],
    pure: true,
  },
  {
    room: "compiler/policies/*/",
    may: ["base/", "compiler/ir/", "compiler/api/", "compiler/envoy/bytes.ts", "gen/"],
    types: ["compiler/graph/", "compiler/settings.ts"],
    packages: [protobuf, "luaparse", "re2js"],
    pure: true,
  },
  {
    room: "compiler/policies/",
    may: ["base/", "compiler/ir/", "compiler/api/", "gen/"],
    types: ["compiler/graph/", "compiler/settings.ts"],
    packages: [protobuf, "re2js"],
    pure: true,
  },
  {
    room: "compiler/frontends/*/",
    may: ["base/", "compiler/ir/", "compiler/api/", "compiler/policies/"],
    types: ["compiler/graph/", "compiler/settings.ts"],
    packages: ["re2js"],
    pure: true,
  },
  {
    room: "compiler/frontends/",
    may: ["base/", "compiler/ir/", "compiler/api/", "compiler/policies/"],
    types: ["compiler/graph/", "compiler/settings.ts"],
    packages: ["re2js"],
    pure: true,
  },
  {
    room: "compiler/link/",
    may: ["base/", "compiler/ir/"],
    types: ["compiler/graph/", "compiler/policies/policy.ts", "compiler/settings.ts"],
    packages: ["re2js"],
    pure: true,
  },
  {
    room: "compiler/envoy/",
    may: ["base/", "compiler/ir/", "compiler/policies/", "gen/"],
    types: ["compiler/settings.ts"],
    packages: [protobuf, "re2js"],
    pure: true,
  },
  {
    room: "compiler/why/",
    may: ["base/", "compiler/ir/", "compiler/policies/", "compiler/lanes/planned-host.ts", "compiler/linked.ts"],
    types: ["compiler/compile.ts"],
    packages: ["re2js"],
    pure: true,
  },
  { room: "compiler/", may: ["base/"], pure: true },

  { room: "control/", may: ["base/", "gen/", compilerDoor], packages: [protobuf, "pino"] },
  { room: "control/sources/manifests/", may: ["base/", compilerDoor], packages: ["js-yaml"] },
  { room: "control/sources/files/", may: ["base/", "control/sources/manifests/", compilerDoor] },
  { room: "control/sources/kubernetes/", may: ["base/", "control/kube/", compilerDoor] },
  { room: "control/sources/consul/", may: ["base/", "control/kube/pause.ts", compilerDoor], packages: ["undici"] },
  { room: "control/kube/", may: ["base/"], packages: ["js-yaml", "undici"] },
  { room: "control/report/", may: ["base/", "control/clock.ts"] },
  { room: "control/envoy/", may: ["base/", "control/clock.ts", compilerDoor] },
  { room: "control/state/", may: ["base/", "control/kube/", compilerDoor] },
  {
    room: "control/quarantine/",
    may: ["base/", "control/xds/refusal.ts", compilerDoor],
    types: ["control/xds/server.ts"],
  },
  {
    room: "control/xds/",
    may: ["base/", "gen/", "control/", compilerDoor],
    packages: ["@grpc/grpc-js", protobuf, "pino"],
  },
  {
    room: "services/*/",
    may: ["base/", "gen/"],
    types: [compilerDoor],
    packages: ["@grpc/grpc-js", protobuf, "pino"],
  },
  {
    room: "services/acme/",
    may: ["base/", "control/kube/"],
    types: [compilerDoor, "control/certificates.ts"],
    packages: ["@peculiar/x509", "jose", "pino", "reflect-metadata", "undici"],
  },
  {
    room: "services/webhook/",
    may: ["base/", "compiler/api/", "control/kube/"],
    packages: ["@peculiar/x509", "reflect-metadata"],
  },
  {
    room: "services/",
    may: ["base/", "gen/"],
    types: [compilerDoor],
    packages: ["@grpc/grpc-js", protobuf, "pino"],
  },
  { room: "keeper/", may: ["base/"], packages: ["pino"] },
  {
    room: "cli/",
    may: [
      "../package.json",
      "base/",
      compilerDoor,
      "compiler/view.ts",
      "control/admin/envoy-alone.ts",
      "control/sources/files/files.ts",
      "control/run.ts",
      "control/admin/nearby.ts",
      "control/kube/find-access.ts",
      "control/keeper-link.ts",
      "keeper/",
      "services/acme/",
      "services/demo-backends/",
      "services/webhook/",
    ],
    types: ["control/"],
    packages: ["commander", "js-yaml", "pino"],
  },
  {
    room: "main.ts",
    may: ["base/", "cli/", "compiler/", "control/", "gen/", "keeper/", "services/"],
    packages: ["commander"],
  },
];

/** Node's own modules that neither look at the world nor change it; a pure room may use these. */
export const pureBuiltins: readonly string[] = ["node:buffer", "node:crypto", "node:url", "node:util"];

/** What a pure room may not even name. */
export const impureNames: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bDate\.now\b|\bnew Date(?:\(\)|;)|(?<!new )\bDate\(\)/, "the clock"],
  [/\bperformance\.now\b|\bprocess\b/, "the process"],
  [/\bMath\.random\b|\brandom(?:Bytes|UUID|Int|FillSync|Fill)\b/, "chance"],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/, "timers"],
  [/\bfetch\(/, "the network"],
];

/** Words that say nothing about what a file or a type is. */
export const bannedWords: readonly string[] = [
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "misc",
  "manager",
  "handler",
  "processor",
];

/** Names with a banned word that are not ours to choose. */
export const properNames: readonly string[] = ["http-connection-manager"];
