/**
 * A certificate, its key and the authorities of the other side, as three files that somebody replaces from time to time.
 * Read together, and believed only when they fit together: whoever replaces them needs a moment for all three.
 */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { errorCode } from "./error-code.ts";
import { errorFields, type Log } from "./log.ts";

/** The paths. */
export interface TlsPaths {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
}

/** The texts, in PEM. */
export interface TlsTexts {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
}

/** The files cannot be used; the message is one sentence without its full stop. */
export class UnusableTlsFiles extends Error {
  override readonly name = "UnusableTlsFiles";
}

/** Files that are being watched. */
export interface TlsWatch {
  /** Looks now. */
  look(): Promise<void>;
  close(): void;
}

const defaultPollMs = 2_000;

/** Reads all three; rejects with {@link UnusableTlsFiles}. */
export async function readTlsFiles(paths: TlsPaths): Promise<TlsTexts> {
  const [certificate, key, authorities] = await Promise.all([
    text(paths.certificate),
    text(paths.key),
    text(paths.authorities),
  ]);
  const leaf = certificateIn(paths.certificate, certificate);
  certificateIn(paths.authorities, authorities);
  if (!leaf.checkPrivateKey(keyIn(paths.key, key))) {
    throw new UnusableTlsFiles(`the key in ${paths.key} is not that of the certificate in ${paths.certificate}`);
  }
  return { certificate, key, authorities };
}

/**
 * Tells of every usable change. Looks at the content every few seconds, because file systems, mounted Secrets and
 * editors replace files in too many ways to be told of all of them. While the files cannot be used, what was read last
 * stays in force, and the log says so once.
 */
export function watchTlsFiles(
  paths: TlsPaths,
  first: TlsTexts,
  { onChange, log, pollMs = defaultPollMs }: { onChange(texts: TlsTexts): void; log: Log; pollMs?: number },
): TlsWatch {
  let current = first;
  let complained = "";
  let looking: Promise<void> | undefined;

  async function lookNow(): Promise<void> {
    try {
      const next = await readTlsFiles(paths);
      complained = "";
      if (same(next, current)) return;
      current = next;
      log("info", "the certificate has been replaced", { certificate: paths.certificate });
      onChange(next);
    } catch (error) {
      const isTheirs = error instanceof UnusableTlsFiles;
      const why = isTheirs ? error.message : "a replaced certificate cannot be used";
      if (why === complained) return;
      complained = why;
      log("warning", `${why}; connections go on with what was there before`, isTheirs ? {} : errorFields(error));
    }
  }

  function look(): Promise<void> {
    looking ??= lookNow().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  const timer = setInterval(() => void look(), pollMs).unref();
  return { look, close: () => clearInterval(timer) };
}

function same(a: TlsTexts, b: TlsTexts): boolean {
  return a.certificate === b.certificate && a.key === b.key && a.authorities === b.authorities;
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errorCode(error) ?? String(error);
    throw new UnusableTlsFiles(code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read (${code})`);
  }
}

function certificateIn(path: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new UnusableTlsFiles(`there is no certificate in ${path}`, { cause: error });
  }
}

function keyIn(path: string, pem: string) {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new UnusableTlsFiles(`there is no private key in ${path}`, { cause: error });
  }
}
