/**
 * DNS as a test authority sees it: pebble-challtestsrv, which knows no name until a test gives it one.
 */
import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { freePort } from "../envoy/free-port.ts";
import { start } from "../kube/started.ts";

/** A running name server. */
export interface NameServer {
  /** `host:port`, TCP and UDP. */
  readonly address: string;
  /** Gives a name its address; 127.0.0.1 by default. */
  resolve(name: string, address?: string): Promise<void>;
  /** Takes it away again. */
  forget(name: string): Promise<void>;
  /** Answers SERVFAIL for a name from now on. */
  fail(name: string): Promise<void>;
  /** Stops answering SERVFAIL for a name. */
  mend(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startNameServer(program: string): Promise<NameServer> {
  const [management, port] = [await freePort(), await freePort()];
  const off = ["-http01=", "-https01=", "-doh=", "-tlsalpn01=", "-defaultIPv4=", "-defaultIPv6="];
  const address = `127.0.0.1:${port}`;
  const process = start(program, [...off, `-dnsserver=${address}`, `-management=127.0.0.1:${management}`]);
  const manage = async (path: string, body: unknown): Promise<void> => {
    const url = `http://127.0.0.1:${management}${path}`;
    const response = await request(url, { method: "POST", body: JSON.stringify(body) });
    const text = await response.body.text();
    if (response.statusCode !== 200)
      throw new Error(`challtestsrv answered ${response.statusCode} to ${path}: ${text}`);
  };
  for (;;) {
    try {
      await manage("/clear-a", { host: "not-a-name." });
      break;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ECONNREFUSED")) throw error;
      if (process.hasEnded())
        throw new Error(`challtestsrv ended before it served:\n${process.log()}`, { cause: error });
    }
    await pause(10);
  }
  return {
    address,
    resolve: (name, to = "127.0.0.1") => manage("/add-a", { host: `${name}.`, addresses: [to] }),
    forget: (name) => manage("/clear-a", { host: `${name}.` }),
    fail: (name) => manage("/set-servfail", { host: `${name}.` }),
    mend: (name) => manage("/clear-servfail", { host: `${name}.` }),
    close: process.kill,
  };
}
