/** The flags by which Envoys and control planes on different machines find and trust each other. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Command } from "commander";
import { subjectNames } from "#base/subject-names.ts";
import { readTlsFiles, type TlsPaths, type TlsTexts, UnusableTlsFiles } from "#base/tls-files.ts";
import { CannotRun } from "./cannot-run.ts";
import { parsePort } from "./settings.ts";

/** Certificates of one side, and of the other side's authorities. */
export interface TlsFlags {
  readonly xdsCert?: string;
  readonly xdsKey?: string;
  readonly xdsCa?: string;
}

/** Flags of a control plane that Envoys elsewhere connect to. */
export interface DoorFlags extends TlsFlags {
  readonly xdsAddress?: string;
}

/** The options of both sides. */
export function withTls(command: Command): Command {
  return command
    .option("--xds-cert <file>", "this side's certificate for xDS, in PEM; read again when it is replaced")
    .option("--xds-key <file>", "its private key")
    .option("--xds-ca <file>", "the authorities that the other side's certificate must come from");
}

/** The door that flags ask for, if they do; fails with one sentence. */
export async function doorFrom(
  flags: DoorFlags,
): Promise<{ readonly address: string; readonly paths: TlsPaths; readonly texts: TlsTexts } | undefined> {
  const { xdsAddress } = flags;
  if (xdsAddress === undefined) {
    const given = ["--xds-cert", "--xds-key", "--xds-ca"].find((_, i) => [flags.xdsCert, flags.xdsKey, flags.xdsCa][i]);
    if (given) throw new CannotRun(`${given} says nothing without --xds-address.`);
    return undefined;
  }
  const { host, port } = parseHostAndPort(xdsAddress, "--xds-address");
  if (isIP(host) === 0) throw new CannotRun(`--xds-address: "${host}" is not an IP address; 0.0.0.0 stands for all.`);
  const address = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  return { address, ...(await tlsFrom(flags)) };
}

/** The files and what is in them; fails with one sentence. */
export async function tlsFrom(flags: TlsFlags): Promise<{ readonly paths: TlsPaths; readonly texts: TlsTexts }> {
  const { xdsCert: certificate, xdsKey: key, xdsCa: authorities } = flags;
  if (certificate === undefined || key === undefined || authorities === undefined) {
    throw new CannotRun("xDS between machines needs certificates of both sides: --xds-cert, --xds-key and --xds-ca.");
  }
  const paths = { certificate, key, authorities };
  try {
    return { paths, texts: await readTlsFiles(paths) };
  } catch (error) {
    throw error instanceof UnusableTlsFiles ? new CannotRun(`${error.message}.`) : error;
  }
}

/** The nodes that a certificate is for. */
export function nodesOf({ certificate }: TlsTexts): readonly string[] {
  return subjectNames(new X509Certificate(certificate).subjectAltName);
}

/** `edge.example:18000`, `10.0.0.1:18000` or `[::1]:18000`. */
export function parseHostAndPort(text: string, flag: string): { readonly host: string; readonly port: number } {
  const [, brackets, plain, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d+)$/.exec(text) ?? [];
  const host = brackets ?? plain;
  if (host === undefined || port === undefined) {
    throw new CannotRun(`${flag}: "${text}" is not of the form HOST:PORT, for example 0.0.0.0:18000.`);
  }
  return { host, port: parsePort(port, flag) };
}
