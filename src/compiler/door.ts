/**
 * The types of the door: what goes into a compiler, and what a caller may ask it.
 */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { ResourceRef } from "#base/origin.ts";
import type { FileContent } from "./api/file-content.ts";
import type { RawObject } from "./api/raw-object.ts";
import type { Declared } from "./compile.ts";
import type { Inspection } from "./graph/index.ts";
import type { LastGood, Refusal } from "./history.ts";
import type { Challenge } from "./ir/challenge.ts";
import type { ConsulAnswer } from "./ir/consul.ts";
import type { Encoded, ResourceType } from "./ir/encoded.ts";
import type { CertificateSource, RouteTables, Settings } from "./settings.ts";

/**
 * One change of the compiler's input. `object` keys are the source's own and unique per place of reading (two files
 * may hold the same object); `lastGood` and `refusal` keys are `refKey`s; `file` keys are paths as they are written;
 * `consul` keys are those of `declared.upstreams.consulServices`; `challenge` keys are tokens. An absent value deletes.
 */
export type CompilerEdit =
  | { readonly kind: "object"; readonly key: string; readonly value?: RawObject | undefined }
  | { readonly kind: "lastGood"; readonly key: string; readonly value?: LastGood | undefined }
  | { readonly kind: "refusal"; readonly key: string; readonly value?: Refusal | undefined }
  | { readonly kind: "file"; readonly key: string; readonly value?: FileContent | undefined }
  | { readonly kind: "consul"; readonly key: string; readonly value?: ConsulAnswer | undefined }
  | { readonly kind: "challenge"; readonly key: string; readonly value?: Challenge | undefined }
  /** How route tables are laid out where the settings leave it open. Another choice ends all connections. */
  | { readonly kind: "routeTables"; readonly value: RouteTables }
  /** Where Envoy has certificates from, where the settings leave it open. As with the above. */
  | { readonly kind: "certificates"; readonly value: CertificateSource }
  | { readonly kind: "settings"; readonly value: Settings };

/** A resource that a commit added, changed or (`resource` absent) removed. */
export interface ResourceChange {
  readonly type: ResourceType;
  readonly name: string;
  readonly resource?: Encoded;
}

/** What a commit did. `done` is false when the slice's budget ran out first: call `commit` again. */
export interface CommitResult {
  readonly done: boolean;
  /** The newest edits have overtaken a wide change that is not done, and `resources` is their effect alone, complete. */
  readonly overtook: boolean;
  readonly resources: readonly ResourceChange[];
  readonly diagnosticsChanged: boolean;
}

/** Notes objects that are not what they were, until it ends. */
export interface Following {
  /** The objects, by `refKey`, that commits since the last call have read, admitted or taken for ours differently. */
  take(): ReadonlySet<string>;
  end(): void;
}

/** A compiler that is kept open and fed with edits. Not re-entrant. */
export interface Compiler {
  apply(edits: readonly CompilerEdit[]): void;
  /** Brings every derived value up to date, or as many as `mayContinue` (asked between keys) allows. */
  commit(mayContinue?: () => boolean): CommitResult;
  /** The files that the configuration names, by path; they come back as edits. Complete when a commit is done. */
  wantedFiles(): ReadonlySet<string>;
  /** The Secrets that the configuration refers to, by `namespace/name`; only of these is the data read. */
  wantedSecrets(): ReadonlySet<string>;
  resources(type: ResourceType): Iterable<Encoded>;
  resource(type: ResourceType, name: string): Encoded | undefined;
  /** All diagnostics, in a stable order. The same list as long as none has changed. */
  diagnostics(): readonly Diagnostic[];
  /** For whoever looks at single objects, and not as often as there are commits. */
  follow(): Following;
  /** The objects that a resource came from. */
  owners(type: ResourceType, name: string): readonly ResourceRef[];
  /** Objects that were admitted from their own current text (not from last good), with that text. */
  admitted(ref: ResourceRef): RawObject | undefined;
  /** Everything about one key of one of the compiler's collections, for people who debug. */
  inspect(collection: string, key: string): Inspection | undefined;
  /** The compiler's collections, for views over the linked configuration. Read only. */
  readonly declared: Declared;
}

/** The result of compiling everything at once. */
export interface Compilation {
  readonly resources: readonly Encoded[];
  readonly diagnostics: readonly Diagnostic[];
  /** The compiler that made it, for further questions. */
  readonly compiler: Compiler;
}
