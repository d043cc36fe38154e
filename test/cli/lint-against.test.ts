/** `dragoman lint --against`: differences only, of the generation that is asked for, and the same exit status. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, test } from "node:test";
import { generations } from "../../src/base/deviations.ts";
import { directoryOf, dragoman } from "./dragoman.ts";

const module = `---
apiVersion: getambassador.io/v2
kind: Module
metadata: {name: ambassador}
spec:
  config:
    enable_grpc_web: false
    keepalive: {idle_time: 100}
`;
const mapping = (prefix: string): string => `---
apiVersion: getambassador.io/v2
kind: Mapping
metadata: {name: canary}
spec:
  prefix: ${prefix}
  weight: 10
  service: 127.0.0.1:9000
`;
const good = directoryOf({ "all.yaml": module + mapping("/canary/") });
const bad = directoryOf({ "all.yaml": module + mapping("[7]") });
after(() => {
  for (const directory of [good, bad]) rmSync(directory, { recursive: true });
});

const since2 = `notice[compat/false-is-off]: enable_grpc_web: false switches it off; the old system switched it on
  --> all.yaml:7  Module default/ambassador  .spec.config.enable_grpc_web

notice[compat/idle-time]: idle_time counts as documented; the old system read time in its place
  --> all.yaml:8  Module default/ambassador  .spec.config.keepalive.idle_time
  = silent connections are probed after 100 s, which was the operating system's own value

`;
const loneWeight = `notice[mapping/lone-weight]: has a weight, but nothing to share the requests with
  --> all.yaml:15  Mapping default/canary  .spec.weight
  = it takes all requests that it matches

`;

test("what differs from 1.x includes what 2.x changed", async () => {
  const { status, stdout, stderr } = await dragoman(["lint", "--against", "1.x", "."], { cwd: good });
  assert.deepEqual([status, stdout], [0, loneWeight + since2]);
  assert.equal(stderr, "2 objects: 3 differences from 1.x, 2 that traffic sees\n");
});

for (const generation of generations.slice(1)) {
  test(`what differs from ${generation} is neither of the others' nor anything else`, async () => {
    const { status, stdout, stderr } = await dragoman(["lint", "--against", generation, "."], { cwd: good });
    assert.deepEqual([status, stdout], [0, since2]);
    assert.equal(
      stderr,
      `2 objects: 2 differences from ${generation}, 1 that traffic sees; without --against also 1 notice\n`,
    );
  });
}

test("errors that are no differences are counted, and decide the exit status", async () => {
  const text = await dragoman(["lint", "--against", "3.x", "."], { cwd: bad });
  assert.deepEqual([text.status, text.stdout], [1, since2]);
  assert.match(text.stderr, /1 that traffic sees; without --against also 1 error\n$/);
  const json = await dragoman(["lint", "--against", "3.x", "--format", "json", "."], { cwd: bad });
  const lines = json.stdout.trim().split("\n");
  const codes = lines.map((line) => (JSON.parse(line) as { readonly code: string }).code);
  assert.deepEqual([json.status, codes], [1, ["compat/false-is-off", "compat/idle-time"]]);
});

test("a generation that does not exist is refused", async () => {
  const { status, stderr } = await dragoman(["lint", "--against", "5.x", "."], { cwd: good });
  assert.equal(status, 2);
  assert.match(stderr, /option '--against <generation>' argument '5\.x' is invalid/);
});
