/**
 * The quickstart as one program: its secret, its backends and `dragoman run`, for `make demo` and `make dev`.
 * Whatever cannot work is one sentence, with the variable that changes it.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { startDemoBackends } from "../src/services/demo-backends/index.ts";
import { ensureQuickstartSecret } from "./quickstart-secret.ts";

const root = join(import.meta.dirname, "..");
const manifests = join("examples", "quickstart");

/** The ports of a run, each with the variable that moves it. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly admin: number;
  readonly echo: number;
  readonly quote: number;
}

const variables = {
  http: ["DEMO_HTTP_PORT", 8080],
  https: ["DEMO_HTTPS_PORT", 8443],
  admin: ["DEMO_ADMIN_PORT", 8877],
  echo: ["DEMO_ECHO_PORT", 9001],
  quote: ["DEMO_QUOTE_PORT", 9002],
} as const;

/** Thrown with one sentence. */
class Unusable extends Error {
  override readonly name = "Unusable";
}

/** Runs the quickstart until a signal or its own end; returns the exit status. */
export async function runQuickstart(
  verb: string,
  onReady: (gateway: ChildProcess, ports: Ports) => void,
): Promise<number> {
  try {
    const ports = await freePorts(verb);
    ensureQuickstartSecret(join(root, manifests));
    const backends = await startDemoBackends({ echoPort: ports.echo, quotePort: ports.quote });
    try {
      return await runGateway(ports, onReady);
    } finally {
      await backends.close();
    }
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function freePorts(verb: string): Promise<Ports> {
  const chosen = Object.entries(variables).map(async ([name, [variable, usual]]): Promise<[string, number]> => {
    const text = process.env[variable] ?? String(usual);
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Unusable(`${variable}=${text} is no port.`);
    if (await isFree(port)) return [name, port];
    const other = `make ${verb} ${variable}=${port + 10000 > 65535 ? port - 10000 : port + 10000}`;
    throw new Unusable(`Port ${port} is taken by another program; \`${other}\` uses another one.`);
  });
  return Object.fromEntries(await Promise.all(chosen)) as unknown as Ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: "0.0.0.0", exclusive: true });
    await once(server, "listening");
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return false;
    throw error;
  } finally {
    server.close();
  }
}

/** In a process group of its own: a Ctrl-C reaches it once, through us. */
async function runGateway(ports: Ports, onReady: (gateway: ChildProcess, ports: Ports) => void): Promise<number> {
  const options = [
    ["--admin-port", String(ports.admin)],
    ["--port", `8080:${ports.http}`],
    ["--port", `8443:${ports.https}`],
    ["--resolve", `echo.backend:80=127.0.0.1:${ports.echo}`],
    ["--resolve", `quote.backend:80=127.0.0.1:${ports.quote}`],
  ].flat();
  const gateway = spawn(join(root, "bin", "dragoman"), ["run", manifests, ...options], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const forward = (signal: NodeJS.Signals): void => void gateway.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, forward);
  createInterface({ input: gateway.stdout }).on("line", (line) => {
    console.log(line);
    if (line.startsWith("ready")) onReady(gateway, ports);
  });
  const [code] = (await once(gateway, "exit")) as [number | null];
  return code ?? 1;
}

/** The curl lines of the tutorial, with what this machine's curl needs so that they work. */
export async function curlLines({ http, https }: Ports): Promise<readonly string[]> {
  const wanted = [
    ["-i", "http", "quote.localhost", http, "/quote/"],
    ["-ki", "https", "quote.localhost", https, "/quote/"],
    ["-ki", "https", "echo.localhost", https, "/echo/"],
    ["-ki", "https", "echo.localhost", https, "/quote-of-2018/"],
  ] as const;
  return Promise.all(
    wanted.map(async ([flags, scheme, host, port, path]) => {
      const url = `${scheme}://${host}:${port}${path}`;
      const resolve = (await needsAddress(url)) ? ` --resolve ${host}:${port}:127.0.0.1` : "";
      return `curl ${flags}${resolve} ${url}`;
    }),
  );
}

/** Only newer curls know that names below localhost are this machine. */
async function needsAddress(url: string): Promise<boolean> {
  try {
    await promisify(execFile)("curl", ["-ks", "-o", "/dev/null", "--max-time", "5", "--noproxy", "*", url]);
    return false;
  } catch (error) {
    if (error instanceof Error && "code" in error) return error.code === 6;
    throw error;
  }
}
