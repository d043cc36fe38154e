/** `make demo` as its reader uses it: every curl line that it prints is typed, then Ctrl-C. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { freePort } from "../envoy/free-port.ts";
import { type Program, startProgram } from "./program.ts";

const root = join(import.meta.dirname, "..", "..");
const names = ["HTTP", "HTTPS", "ADMIN", "ECHO", "QUOTE"] as const;
let ports: Record<string, string>;
let demo: Program;

async function portVariables(): Promise<Record<string, string>> {
  const free = await Promise.all(names.map(async (name) => [`DEMO_${name}_PORT`, String(await freePort())] as const));
  return Object.fromEntries(free);
}

const makeDemo = (variables: Readonly<Record<string, string>>): Program =>
  startProgram(["-C", root, "demo"], { command: "make", env: { ...process.env, ...variables } });

before(async () => {
  ports = await portVariables();
  demo = makeDemo(ports);
  await demo.said(/Ctrl-C ends everything/);
});
after(() => demo.kill());

test("the lines to try work", async () => {
  const lines = [...demo.output().matchAll(/^ {2}(curl .*)$/gm)].map(([, line = ""]) => line.split(" ").slice(1));
  const answers = await Promise.all(
    lines.map(async (args) => (await promisify(execFile)("curl", ["-s", "--noproxy", "*", ...args])).stdout),
  );
  assert.deepEqual(
    answers.map((answer) => answer.split("\r\n")[0]),
    ["HTTP/1.1 301 Moved Permanently", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"],
  );
  assert.match(
    answers[0] ?? "",
    new RegExp(`^location: https://quote\\.localhost:${ports["DEMO_HTTPS_PORT"]}/quote/\r$`, "m"),
  );
  assert.match(answers[2] ?? "", /^X-Envoy-Original-Path: \/echo\/$/m);
  assert.match(answers[3] ?? "", /"quote":/);
});

test("the admin address answers", async () => {
  const [, url = ""] = /^Admin interface: (\S+)$/m.exec(demo.output()) ?? [];
  assert.equal((await fetch(url, { headers: { connection: "close" } })).status, 200);
});

test("Ctrl-C leaves nothing running", async () => {
  const { left } = await demo.interrupt();
  assert.deepEqual(left, []);
});

test("a taken port is one sentence with the variable that moves it", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(typeof address === "object" && address);
  const second = makeDemo({ ...(await portVariables()), DEMO_QUOTE_PORT: String(address.port) });
  await second.said(
    new RegExp(
      `^Port ${address.port} is taken by another program; \`make demo DEMO_QUOTE_PORT=\\d+\` uses another one\\.$`,
      "m",
    ),
  );
  second.kill();
  taken.close();
});
