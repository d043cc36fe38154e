/** `dragoman run` and the commands that ask a running instance, as child processes. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Program, startProgram } from "../e2e/program.ts";
import { freePort } from "../envoy/free-port.ts";
import { directoryOf, dragoman } from "./dragoman.ts";

const listenerAndHost = (port: number): string => `---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http}
spec: {port: ${port}, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: any}
spec:
  hostname: "*"
  requestPolicy: {insecure: {action: Route}}
`;
const route = (prefix: string): string => `---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: there}
spec: {hostname: "*", prefix: ${prefix}, host_redirect: true, service: "https://there.test"}
`;

let port: number;
let manifests: string;
let runtime: string;
let gateway: Program;

/** As an editor saves. */
function save(text: string): void {
  writeFileSync(join(manifests, "route.tmp"), text);
  renameSync(join(manifests, "route.tmp"), join(manifests, "route.yaml"));
}

before(async () => {
  port = await freePort();
  manifests = directoryOf({ "base.yaml": listenerAndHost(8080), "route.yaml": route("/there/") });
  // A temporary directory of its own, so that the only instance in it is this one.
  runtime = directoryOf({});
  const state = join(manifests, "..", `${process.pid}-state`);
  const env = { ...process.env, TMPDIR: runtime, XDG_STATE_HOME: runtime };
  gateway = startProgram(["run", manifests, "--port", `8080:${port}`, "--state-dir", state], { env });
  await gateway.line(/^ready/);
});
after(() => {
  gateway.kill();
  for (const directory of [manifests, runtime]) rmSync(directory, { recursive: true, force: true });
});

const ask = (...args: readonly string[]) => dragoman(args, { env: { TMPDIR: runtime } });

test("why asks the running instance", async () => {
  const { status, stdout } = await ask("why", "GET http://a:8080/there/x");
  assert.equal(status, 0);
  assert.match(
    stdout,
    new RegExp(`listener {2}0\\.0\\.0\\.0:8080 \\(here ${port}\\) {2}Listener default/http {2}.*base\\.yaml:2`),
  );
  assert.match(
    stdout,
    /^Mapping default\/there {2}.*route\.yaml:2\n {2}redirects with 301 to https:\/\/there\.test\/there\/x$/m,
  );
});

test("routes lists those of the running instance", async () => {
  const { stdout } = await ask("routes", "--format", "json");
  const [row] = JSON.parse(stdout) as { at: { object: string }; hosts: string[]; path: string }[];
  assert.deepEqual([row?.at.object, row?.hosts, row?.path], ["Mapping default/there", ["*"], "/there/*"]);
});

test("wait returns when an edit is served, or refused", async () => {
  save(route("/elsewhere/"));
  const served = await ask("wait", "Mapping", "default/there");
  assert.deepEqual([served.status, served.stdout], [0, "Mapping default/there is served\n"]);
  const response = await fetch(`http://127.0.0.1:${port}/elsewhere/`, { redirect: "manual" });
  assert.equal(response.headers.get("location"), "https://there.test/elsewhere/");
  save(route("[7]"));
  const refused = await ask("wait", "mapping/there");
  assert.deepEqual([refused.status, refused.stdout], [1, "Mapping default/there is refused\n"]);
  assert.match(refused.stderr, /error\[object\/invalid-field\].*\n {2}--> .*route\.yaml:5/);
  const late = await ask("wait", "mapping/nobody", "--timeout", "300ms");
  assert.deepEqual([late.status, late.stderr], [2, "dragoman: mapping/nobody was not served within 300ms.\n"]);
});

test("without an instance, and with a second one, there is one sentence", async () => {
  const elsewhere = directoryOf({});
  const nothing = await dragoman(["routes"], { env: { TMPDIR: elsewhere } });
  assert.deepEqual([nothing.status, nothing.stdout], [2, ""]);
  assert.match(nothing.stderr, /^dragoman: nothing is running here: .*\n$/);
  rmSync(elsewhere, { recursive: true });
  const wrong = await dragoman(["routes", "--instance", "/nowhere"]);
  assert.match(wrong.stderr, /^dragoman: no instance answers in \/nowhere\.\n$/);
});

test("a taken port is one sentence and nothing is left", async (t) => {
  const taken = createServer().listen(0, "0.0.0.0");
  t.after(() => taken.close());
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(typeof address === "object" && address);
  const env = { TMPDIR: runtime, XDG_STATE_HOME: runtime };
  const listener = await dragoman(["run", manifests, "--port", `8080:${address.port}`], { env });
  assert.equal(listener.status, 2);
  assert.match(
    listener.stderr,
    new RegExp(
      `^dragoman: port ${address.port}, where --port puts 8080, is taken by another program: .*--port 8080:LOCAL`,
      "m",
    ),
  );
  const free = await freePort();
  const admin = await dragoman(["run", manifests, "--port", `8080:${free}`, "--admin-port", String(address.port)], {
    env,
  });
  assert.equal(admin.status, 2);
  assert.match(admin.stderr, /^dragoman: port \d+ is taken by another program; choose another --admin-port /m);
});

test("standard input is kept for the time of a run", async () => {
  const other = await freePort();
  const own = directoryOf({});
  const env = { ...process.env, TMPDIR: own };
  const running = startProgram(["run", "-"], {
    env,
    input: listenerAndHost(other) + route("/stdin/"),
  });
  try {
    await running.line(/^ready/);
    const response = await fetch(`http://127.0.0.1:${other}/stdin/`, { redirect: "manual" });
    assert.equal(response.headers.get("location"), "https://there.test/stdin/");
    const { code, left } = await running.interrupt();
    assert.deepEqual([code, left], [0, []]);
  } finally {
    running.kill();
    rmSync(own, { recursive: true, force: true });
  }
});
