/**
 * What a control process has to do with the keeper that started it: it ends on the keeper's signal, and when the
 * keeper is gone, and tells when Envoy is ready.
 */

/** The way to the keeper. */
export interface KeeperLink {
  readonly runtimeDirectory: string;
  /** Ends the process's work. */
  readonly signal: AbortSignal;
  ready(text: string): void;
  /** Lets the process end. */
  close(): void;
}

/** Undefined when no keeper has started this process. */
export function openKeeperLink(): KeeperLink | undefined {
  const runtimeDirectory = process.env["DRAGOMAN_RUNTIME_DIR"];
  if (runtimeDirectory === undefined || !process.connected) return undefined;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGTERM", end);
  process.once("disconnect", end);
  return {
    runtimeDirectory,
    signal: ending.signal,
    ready(text) {
      if (process.connected) process.send?.({ kind: "ready", text });
    },
    close() {
      process.off("disconnect", end);
      if (process.connected) process.disconnect();
    },
  };
}
