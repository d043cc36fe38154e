/** What obtains certificates while control runs, as far as control knows it: who it is, the command line decides. */
import type { Compiler, CompilerEdit } from "#compiler";

/** What certificates are obtained for. */
export interface CertificateDoor {
  readonly compiler: Compiler;
  push(edits: readonly CompilerEdit[]): void;
  /** Resolves when Envoy has acknowledged everything. */
  served(): Promise<void>;
}

/** Somebody who obtains certificates. */
export interface Certificates {
  /** What is there from the beginning. */
  readonly edits: readonly CompilerEdit[];
  /** Everything is served for the first time. */
  start(door: CertificateDoor): void;
  /** Objects may have changed. */
  wake(): void;
  close(): Promise<void>;
}
