/**
 * The Dockerfile as far as it can be judged without an engine: its bases are pinned, its user is the chart's, and what
 * it starts is where `make dist` puts it.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { load } from "js-yaml";
import { runCommand } from "../../src/cli/run.ts";
import { imagePaths } from "./root.ts";

const repository = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

/** Name and argument of each instruction. */
const instructions = read("Dockerfile")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
const last = instructions.findLastIndex(([name]) => name === "FROM");
const final = new Map(instructions.slice(last));

test("every base is pinned by its content", () => {
  const bases = instructions.filter(([name]) => name === "FROM").map(([, base]) => base);
  assert.equal(bases.length, 2);
  for (const base of bases) assert.match(base, /^[\w./-]+@sha256:[0-9a-f]{64}( AS \w+)?$/);
});

test("the image runs as the user that the chart says, and nothing is run while it is made", () => {
  const { security } = load(read("charts/dragoman/values.yaml")) as {
    readonly security: { readonly podSecurityContext: { readonly runAsUser: number; readonly runAsGroup: number } };
  };
  const { runAsUser, runAsGroup } = security.podSecurityContext;
  assert.equal(final.get("USER"), `${runAsUser}:${runAsGroup}`);
  assert.ok(!final.has("RUN") && !final.has("ADD"));
  assert.equal(final.get("COPY"), "--from=build /src/dist/root/ /");
});

test("what it starts is where it is, and takes the arguments that it gets", () => {
  const started = JSON.parse(final.get("ENTRYPOINT") ?? "") as readonly string[];
  assert.deepEqual(started, [`/${imagePaths.node}`, `/${imagePaths.program}`]);
  const [command, ...flags] = JSON.parse(final.get("CMD") ?? "") as readonly string[];
  assert.equal(command, "run");
  const known = runCommand().options.map(({ long }) => long);
  for (const flag of flags) assert.ok(known.includes(flag.split("=", 1)[0]), flag);
});

test("what is sent to the engine is there, and no clone's own files are", () => {
  const [all, ...patterns] = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(all, "*");
  const sent = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  assert.deepEqual(
    sent.filter((path) => !existsSync(join(repository, path))),
    [],
  );
  for (const needed of ["package.json", "package-lock.json", "src", "tools"]) assert.ok(sent.includes(needed));
});
