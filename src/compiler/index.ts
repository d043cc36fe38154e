/**
 * The door of the compiler: manifests in, Envoy bytes and diagnostics out.
 *
 *   observe → admit → lower → link → emit → serve        report hangs off every stage
 *             └───────── this room ──────┘
 *
 * Pure: no clock, no network, no files. Everything that decides the result comes in through `apply`.
 */
export type { FileContent } from "./api/file-content.ts";
export {
  type ApiVersion,
  type CrdOptions,
  type CustomKind,
  configAnnotation,
  contentHash,
  customKinds,
  customResourceDefinitions,
  defaultCrdOptions,
  isKnownKind,
  isOwnService,
  isWithheld,
  type OwnServicePlace,
  storableVersionNames,
  withhold,
  withoutUnreadData,
  writtenVersion,
} from "./api/index.ts";

export type { RawObject } from "./api/raw-object.ts";
export type { CommitResult, Compilation, Compiler, CompilerEdit, Following, ResourceChange } from "./door.ts";
export { renamedSecret } from "./envoy/secret.ts";
export type { LastGood, Refusal } from "./history.ts";
export type { Challenge } from "./ir/challenge.ts";
export { type ConsulAnswer, type ConsulService, consulKey } from "./ir/consul.ts";
export { type Bytes, type Encoded, encodedBytes, type ResourceType, toBytes, typeUrls } from "./ir/encoded.ts";
export type { Endpoint } from "./ir/endpoints.ts";
export type { RuntimeFlags } from "./ir/runtime-flags.ts";
export { isServerName } from "./ir/secret.ts";
export { type CompileInputs, compile, openCompiler } from "./open.ts";
export { type CertificateSource, defaultSettings, type RouteTables, type Settings } from "./settings.ts";
export {
  type ClientRequest,
  type Effect,
  type Explanation,
  explain,
  type Loser,
  listRoutes,
  type Outcome,
  parseRequest,
  type RouteRow,
  type SeenRequest,
  type Upstream,
  type Word,
} from "./why/index.ts";
