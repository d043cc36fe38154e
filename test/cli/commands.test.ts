/** Every command that ends by itself, as a child process on small directories. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { commands } from "../../src/cli/commands.ts";
import { createProgram } from "../../src/cli/index.ts";
import { obtainEnvoy } from "../../src/keeper/envoy-binary.ts";
import { openMaterial } from "../envoy/material.ts";
import { directoryOf, dragoman } from "./dragoman.ts";

const hosts = `---
apiVersion: getambassador.io/v3alpha1
kind: Listener
metadata: {name: http}
spec: {port: 8080, protocol: HTTP, securityModel: INSECURE, hostBinding: {namespace: {from: ALL}}}
---
apiVersion: getambassador.io/v3alpha1
kind: Host
metadata: {name: shop}
spec:
  hostname: shop.test
  requestPolicy: {insecure: {action: Route}}
`;
const mapping = (name: string, spec: string): string => `---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata: {name: ${name}}
spec:
  hostname: shop.test
${spec.replace(/^/gm, "  ")}
`;
const good = directoryOf({
  "hosts.yaml": hosts,
  "routes.yaml": mapping("cart", "prefix: /cart/\nservice: 127.0.0.1:9000"),
  "other.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
});
const changed = directoryOf({
  "hosts.yaml": hosts,
  "routes.yaml":
    mapping("cart", "prefix: /cart/\nservice: 127.0.0.1:9001") +
    mapping("new", "prefix: /new/\nservice: 127.0.0.1:9000"),
});
const bad = directoryOf({
  "hosts.yaml": hosts,
  "routes.yaml": mapping("cart", "prefix: [7]\nservice: 127.0.0.1:9000"),
});
after(() => {
  for (const directory of [good, changed, bad]) rmSync(directory, { recursive: true });
});

test("lint is silent about what is good, and counts", async () => {
  const { status, stdout, stderr } = await dragoman(["lint", good]);
  assert.deepEqual([status, stdout], [0, ""]);
  assert.equal(stderr, "3 objects: no problems\nnot looked at, because not for a gateway: 1 Deployment.apps\n");
});

test("lint names file, line and field of an error", async () => {
  const text = await dragoman(["lint", "."], { cwd: bad });
  assert.equal(text.status, 1);
  assert.match(
    text.stdout,
    /^error\[object\/invalid-field\]: .*\n {2}--> routes\.yaml:7 {2}Mapping default\/cart {2}\.spec\.prefix$/m,
  );
  const json = await dragoman(["lint", "--format", "json", "."], { cwd: bad });
  assert.equal(json.status, 1);
  const [first] = json.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    [first?.["code"], first?.["severity"], first?.["object"], first?.["file"], first?.["line"], first?.["field"]],
    ["object/invalid-field", "error", "Mapping default/cart", "routes.yaml", 7, ".spec.prefix"],
  );
});

test("standard input is -", async () => {
  const { status, stdout } = await dragoman(["lint", "-"], { input: "kind: [" });
  assert.equal(status, 1);
  assert.match(stdout, /<stdin>:1/);
});

for (const [args, sentence] of [
  [["lint", "nowhere"], 'dragoman: there is no file or directory "nowhere".'],
  [["lint"], "dragoman: missing required argument 'path'"],
  [["lint", "--colour", "x"], "dragoman: unknown option '--colour'"],
  [["compile", "--emit", "nothing", "."], "dragoman: option '--emit <what>' argument 'nothing' is invalid."],
  [["compile", "--port", "80", "."], '--port: "80" is not of the form LISTENER:LOCAL, for example 8080:18080.'],
  [["compile", "--resolve", "a=b", "."], '--resolve: "a=b" is not of the form NAME.NAMESPACE:PORT=ADDRESS:PORT'],
  [["run", "nowhere"], 'dragoman: there is no file or directory "nowhere".'],
  [["run"], 'dragoman: name files or directories to run: there is no "/ambassador/ambassador-config"'],
  [["run", "--admin-port", "99999", "."], 'dragoman: --admin-port: "99999" is not a port number (1 to 65535).'],
  [["run", "--admin-address", "here", "."], 'dragoman: --admin-address: "here" is not an IP address.'],
  [["run", "--envoy", "/nowhere/envoy", "."], "/nowhere/envoy (from --envoy) does not exist."],
  [["why", "GET /x", "."], 'dragoman: "GET /x" is not a request: write it as "GET https://host/path".'],
  [["control", "--envoy-version", "1.40", "."], "dragoman: control is started by dragoman run, not by hand."],
  [["wait", "x", "--timeout", "soon"], '--timeout: "soon" is not a duration such as 10s.'],
  [["nonsense"], "unknown command 'nonsense'"],
] as const) {
  test(`cannot run: ${args.join(" ")}`, async () => {
    const { status, stdout, stderr } = await dragoman(args, { cwd: good });
    assert.deepEqual([status, stdout], [2, ""]);
    assert.ok(stderr.includes(sentence), stderr);
    assert.ok(stderr.split("\n").length <= 4, stderr);
  });
}

test("compile prints resources, the model and a static Envoy", async () => {
  const resources = JSON.parse((await dragoman(["compile", "--format", "json", good])).stdout) as Record<
    string,
    object
  >;
  assert.deepEqual(Object.keys(resources["listener"] ?? {}), ["tcp-0.0.0.0-8080"]);
  const ir = JSON.parse((await dragoman(["compile", "--format", "json", "--emit", "ir", good])).stdout) as {
    virtualHosts: { domains: string[] }[];
  };
  assert.deepEqual(
    ir.virtualHosts.map(({ domains }) => domains),
    [["shop.test"]],
  );
  const yaml = await dragoman(["compile", good, "--port", "8080:18080"]);
  assert.match(yaml.stdout, /port_value: 18080/);
  const file = join(good, "..", `${process.pid}-envoy.json`);
  writeFileSync(file, (await dragoman(["compile", "--format", "json", "--emit", "envoy", good])).stdout);
  const envoy = await obtainEnvoy();
  execFileSync(envoy.path, ["--mode", "validate", "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  rmSync(file);
});

test("compile prints nothing for a bad object, and says so", async () => {
  const { status, stderr } = await dragoman(["compile", bad]);
  assert.equal(status, 1);
  assert.match(stderr, /error\[object\/invalid-field\]/);
});

test("no command prints a secret", async () => {
  const material = openMaterial();
  const { certificate, key } = material.certificate("canary:shop.test");
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const secrets = directoryOf({
    "all.yaml": `${hosts.replace("spec:\n  hostname", "spec:\n  tlsSecret: {name: cert}\n  hostname")}---
apiVersion: v1
kind: Secret
metadata: {name: cert}
type: kubernetes.io/tls
data: {tls.crt: ${base64(certificate)}, tls.key: ${base64(key)}}
${mapping("m", 'prefix: /\nservice: 127.0.0.1:9000\nheaders: {authorization: "canary-one"}\nquery_parameters: {token: canary-two}\nadd_request_headers: {x-api-key: {value: canary-three}}')}`,
  });
  const lines = key.split("\n").filter((line) => line.length > 20 && !line.startsWith("-"));
  const canaries = ["canary-one", "canary-two", "canary-three", ...lines, base64(key).slice(60, 120)];
  for (const args of [
    ["compile", secrets],
    ["compile", "--emit", "ir", secrets],
    ["compile", "--emit", "envoy", "--format", "json", secrets],
    ["lint", secrets],
    ["routes", secrets],
    ["routes", "--format", "json", secrets],
    ["why", "GET http://shop.test:8080/?token=x", "-H", "authorization: x", secrets],
    ["diff", good, secrets],
  ]) {
    const { stdout, stderr } = await dragoman(args);
    assert.ok(stdout.length + stderr.length > 0);
    for (const canary of canaries) assert.ok(!(stdout + stderr).includes(canary), `${args.join(" ")}: ${canary}`);
  }
  rmSync(secrets, { recursive: true });
});

test("why names the winner, the losers and their places", async () => {
  const { status, stdout } = await dragoman(["why", "GET http://shop.test:8080/cart/7", "."], { cwd: changed });
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^Mapping default\/cart {2}routes\.yaml:2\n {2}sends \/7 with Host shop\.test:8080\n {2}to 127\.0\.0\.1:9001$/m,
  );
  const none = await dragoman(["why", "--all", "GET http://shop.test:8080/nothing", "."], { cwd: changed });
  assert.equal(none.status, 1);
  assert.match(none.stdout, /Mapping default\/new {2}routes\.yaml:10: the path does not begin with \/new\//);
  const json = await dragoman(["why", "--format", "json", "GET http://shop.test:8080/cart/", "."], { cwd: changed });
  const answer = JSON.parse(json.stdout) as { outcomes: { at: object }[] };
  assert.deepEqual(answer.outcomes[0]?.at, { object: "Mapping default/cart", file: "routes.yaml", line: 2 });
});

test("why says what policies do first, and who answers in place of a route", async () => {
  const config = (range: string) => `---
apiVersion: getambassador.io/v3alpha1
kind: Module
metadata: {name: ambassador}
spec: {config: {ip_allow: [{remote: ${range}}]}}
`;
  const directory = directoryOf({
    "all.yaml": `${hosts}${mapping("cart", "prefix: /\nservice: 127.0.0.1:9000")}${config("10.0.0.0/8")}`,
  });
  const ask = (...more: string[]) => dragoman(["why", "GET http://shop.test:8080/", ...more, "."], { cwd: directory });
  const unknown = await ask();
  assert.equal(unknown.status, 0);
  assert.match(
    unknown.stdout,
    /^ {2}first ip-allow lets in only remote 10\.0\.0\.0\/8: .* {2}Module default\/ambassador \S+ {2}all\.yaml:\d+$/m,
  );
  const outside = await ask("--from", "192.0.2.1");
  assert.equal(outside.status, 1);
  assert.match(outside.stdout, /^ {2}answers 403: ip-allow lets in only remote 10\.0\.0\.0\/8$/m);
  assert.equal((await ask("--from", "10.1.1.1")).status, 0);
  const nonsense = await ask("--from", "home");
  assert.deepEqual([nonsense.status, nonsense.stderr], [2, 'dragoman: --from "home" is not an IP address.\n']);
  rmSync(directory, { recursive: true });
});

test("routes is a table", async () => {
  const { status, stdout } = await dragoman(["routes", "."], { cwd: good });
  assert.equal(status, 0);
  assert.deepEqual(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
    [
      ["HOST", "PATH", "IF", "DESTINATION", "OBJECT", "FILE"],
      ["shop.test", "/cart/*", "-", "127.0.0.1:9000 /*", "Mapping default/cart", "routes.yaml:2"],
    ],
  );
});

test("diff says which requests and which resources change", async () => {
  assert.deepEqual(await dragoman(["diff", good, good]), {
    status: 0,
    stdout: "requests: no change\nresources: no change\n",
    stderr: "",
  });
  const { status, stdout } = await dragoman(["diff", good, changed]);
  assert.equal(status, 1);
  assert.match(
    stdout,
    /^ {2}~ shop\.test {2}\/cart\/\* {2}→ {2}127\.0\.0\.1:9000 \/\* {2}→ {2}127\.0\.0\.1:9001 \/\*/m,
  );
  assert.match(stdout, /^ {2}\+ shop\.test {2}\/new\/\*/m);
  assert.match(stdout, /^ {2}~ routes all\/insecure\/open$/m);
});

test("every command has help with an example, and completes", async () => {
  for (const entry of commands.filter(({ hidden }) => !hidden)) {
    const program = await createProgram([entry]);
    const command = program.commands.find((one) => one.name() === entry.name);
    let help = "";
    command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    assert.match(help, /Examples?:\n {2}/, entry.name);
  }
  for (const shell of ["bash", "zsh", "fish"]) {
    const { status, stdout } = await dragoman(["completion", shell]);
    assert.equal(status, 0);
    for (const { name } of commands.filter(({ hidden }) => !hidden))
      assert.ok(stdout.includes(name), `${shell} ${name}`);
    if (shell === "bash") execFileSync("bash", ["-n"], { input: stdout });
  }
});

test("version and help go to standard output", async () => {
  const version = await dragoman(["version"]);
  assert.equal(version.status, 0);
  assert.match(version.stdout, /^dragoman \d+\.\d+\.\d+\n/);
  const help = await dragoman(["--help"]);
  assert.equal(help.status, 0);
  assert.doesNotMatch(help.stdout, /^ {2}control /m);
});

test("a taken port stops demo-backends with one sentence", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const address = taken.address();
  assert.ok(typeof address === "object" && address);
  const { status, stderr } = await dragoman(["demo-backends", "--echo-port", String(address.port)]);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^dragoman: the echo backend cannot listen on 127\.0\.0\.1:\d+: the port is taken by another program\.\n$/,
  );
  taken.close();
});
