/**
 * A real certificate authority for tests: pebble in strict mode on loopback, with a DNS server of its own that knows
 * only the names that a test gives it. Its TLS certificate, like everything else of it, is made anew each time.
 */
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Agent } from "undici";
import { keyPem, makeIdentity, pem } from "../../tools/x509/certificate.ts";
import { freePort } from "../envoy/free-port.ts";
import { type Started, start } from "../kube/started.ts";
import { type NameServer, startNameServer } from "./name-server.ts";
import { acmePrograms } from "./programs.ts";

/** What an authority is like; by default it refuses no nonce and issues for 90 days. */
export interface PebbleOptions {
  /** Of good nonces. */
  readonly refusedNoncesPercent?: number;
  /** How often an authorization is reused when it could be; half of the time. */
  readonly reusedAuthorizationsPercent?: number;
  readonly validitySeconds?: number;
  /** Keys of external accounts, base64url, by their id; without one there is no new account. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
  /** Roots besides the default one, each with a chain of its own. */
  readonly alternateRoots?: number;
  /** Names that it issues nothing for. */
  readonly blockedNames?: readonly string[];
  /** What it writes into Retry-After while something is pending; nothing by default. */
  readonly retryAfterSeconds?: number;
  /** Where it asks for the answers to challenges; a free port by default. */
  readonly challengePort?: number;
}

/** A running authority. */
export interface Pebble {
  /** Address of its directory. */
  readonly directory: string;
  /** PEM of the authority that signed the certificate of its own server. */
  readonly serverAuthority: string;
  readonly challengePort: number;
  readonly names: NameServer;
  /** PEM of the root of what it issues; 0 is the default one. */
  root(index?: number): Promise<string>;
  /** Tells it when a certificate should be replaced, as an ACME Renewal Information response. */
  suggestRenewal(certificatePem: string, start: Date, end: Date): Promise<void>;
  /** Whether it says that a certificate is revoked. */
  isRevoked(certificatePem: string): Promise<boolean>;
  /** How many accounts and orders it has by now. */
  placed(): { readonly accounts: number; readonly orders: number };
  /** What it wrote, for messages of failing tests. */
  log(): string;
  close(): Promise<void>;
}

/** Starts one; it serves when this returns. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const programs = await acmePrograms();
  const directory = await mkdtemp(join(tmpdir(), "dragoman-acme-"));
  const [api, management, challengePort] = [
    await freePort(),
    await freePort(),
    options.challengePort ?? (await freePort()),
  ];
  const names = await startNameServer(programs.dns);
  const issuer = makeIdentity({ name: "dragoman-test-authority", isAuthority: true });
  const ca = pem("CERTIFICATE", issuer.certificate);
  const config = await writeFiles(directory, { options, issuer, api, management, challengePort });
  const args = ["-strict", "-config", config, "-dnsserver", names.address];
  const placed = { accounts: 0, orders: 0 };
  const count = (text: string): void => {
    placed.accounts += text.match(/ accounts in memory\n/g)?.length ?? 0;
    placed.orders += text.match(/ orders in the db\n/g)?.length ?? 0;
  };
  const process = start(programs.authority, args, environment(options), count);
  const agent = new Agent({ connect: { ca } });
  const manage = (path: string, body?: unknown) => ask(agent, `https://127.0.0.1:${management}${path}`, body);
  const close = async (): Promise<void> => {
    await Promise.all([process.kill(), names.close(), agent.close()]);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await untilServing(process, () => manage("/roots/0"));
    await untilServing(process, () => ask(agent, `https://127.0.0.1:${api}/dir`));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    directory: `https://127.0.0.1:${api}/dir`,
    serverAuthority: ca,
    challengePort,
    names,
    root: (index = 0) => manage(`/roots/${index}`),
    async suggestRenewal(certificate, from, to) {
      const window = { start: from.toISOString(), end: to.toISOString() };
      const ariResponse = JSON.stringify({ suggestedWindow: window });
      await manage("/set-renewal-info/", { Certificate: certificate, ARIResponse: ariResponse });
    },
    async isRevoked(certificate) {
      const serial = new X509Certificate(certificate).serialNumber.toLowerCase().replace(/^0+/, "");
      return (await manage(`/cert-status-by-serial/${serial}`)).includes('"Revoked"');
    },
    placed: () => ({ ...placed }),
    log: process.log,
    close,
  };
}

interface Layout {
  readonly options: PebbleOptions;
  readonly issuer: ReturnType<typeof makeIdentity>;
  readonly api: number;
  readonly management: number;
  readonly challengePort: number;
}

/** The path of the configuration. */
async function writeFiles(directory: string, { options, issuer, api, management, challengePort }: Layout) {
  const server = makeIdentity({ name: "pebble", dnsNames: ["127.0.0.1", "localhost"], issuer });
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(directory, name), text, { mode: 0o600 });
    return join(directory, name);
  };
  const pebble = {
    listenAddress: `127.0.0.1:${api}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: await write("server.crt", pem("CERTIFICATE", server.certificate)),
    privateKey: await write("server.key", keyPem(server.key)),
    httpPort: challengePort,
    tlsPort: challengePort,
    externalAccountBindingRequired: options.externalAccounts !== undefined,
    externalAccountMACKeys: options.externalAccounts ?? {},
    domainBlocklist: options.blockedNames ?? [],
    retryAfter: { authz: options.retryAfterSeconds ?? 0, order: options.retryAfterSeconds ?? 0 },
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "for tests", validityPeriod: options.validitySeconds ?? 7_776_000 } },
  };
  return write("pebble.json", JSON.stringify({ pebble }));
}

function environment(options: PebbleOptions): Readonly<Record<string, string>> {
  return {
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_WFE_NONCEREJECT: String(options.refusedNoncesPercent ?? 0),
    PEBBLE_AUTHZREUSE: String(options.reusedAuthorizationsPercent ?? 50),
    PEBBLE_ALTERNATE_ROOTS: String(options.alternateRoots ?? 0),
  };
}

async function ask(dispatcher: Agent, url: string, body?: unknown): Promise<string> {
  const { origin, pathname: path } = new URL(url);
  const response = await dispatcher.request({
    origin,
    path,
    method: body === undefined ? "GET" : "POST",
    headers: { "user-agent": "dragoman-test" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`pebble answered ${response.statusCode} to ${url}: ${text}`);
  return text;
}

async function untilServing(process: Started, attempt: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ECONNREFUSED")) throw error;
    }
    if (process.hasEnded()) throw new Error(`pebble ended before it served:\n${process.log()}`);
    await pause(10);
  }
}
