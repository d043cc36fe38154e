/**
 * The ports of the first versions, below 1024, in a network like a pod's: somebody who is no root and has no
 * capabilities may bind them where `net.ipv4.ip_unprivileged_port_start` says so.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startProgram } from "./program.ts";

const home = mkdtempSync(join(tmpdir(), "dragoman-first-ports-"));
after(() => rmSync(home, { recursive: true, force: true }));

const manifests = `
apiVersion: v1
kind: Service
metadata:
  name: ambassador
  labels: { app.kubernetes.io/component: ambassador-service }
spec:
  type: LoadBalancer
  ports: [{ name: http, port: 80 }]
---
apiVersion: v1
kind: Service
metadata:
  name: moved
  annotations:
    getambassador.io/config: |
      ---
      apiVersion: ambassador/v0
      kind: Mapping
      name: moved
      prefix: /moved/
      service: shop.example
      host_redirect: true
spec:
  ports: [{ port: 80 }]
`;

const ask = `
const { status, headers } = await fetch("http://127.0.0.1/moved/x", { redirect: "manual" });
console.log("answer", status, headers.get("location"));
`;

const dragoman = join(import.meta.dirname, "..", "..", "bin", "dragoman");
const run = `
"${dragoman}" run --state-dir "${home}" "${home}/manifests.yaml" &
until "${process.execPath}" "${home}/ask.mjs" 2>/dev/null; do sleep 0.1; done
kill -INT $!
wait`;
/** The network's owner sets it up; who runs in it is somebody else, as in a pod. */
const pod = `
ip link set lo up
echo 80 > /proc/sys/net/ipv4/ip_unprivileged_port_start
exec setpriv --no-new-privs unshare --user --map-user=8888 --map-group=8888 sh -c '${run}'`;

test("a Service that leads to port 80 alone works without root and without capabilities", async () => {
  writeFileSync(join(home, "manifests.yaml"), manifests);
  writeFileSync(join(home, "ask.mjs"), ask);
  const program = startProgram(["--user", "--map-root-user", "--net", "sh", "-ec", pod], { command: "unshare" });
  try {
    assert.equal(await program.line(/^answer/), "answer 301 http://shop.example/moved/x");
    assert.doesNotMatch(program.output(), /port-not-permitted|not-in-service/);
  } finally {
    program.kill();
  }
});
