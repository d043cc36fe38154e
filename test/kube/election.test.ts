/** One leader at a time, by a Lease or by what there was before, against a real API server. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Client, openClient } from "../../src/control/kube/client.ts";
import { type ElectionTimes, takePart } from "../../src/control/kube/election.ts";
import { kubeconfigAccess } from "../../src/control/kube/kubeconfig.ts";
import { configMapLock, leaseLock } from "../../src/control/kube/leader-lock.ts";
import { type Cluster, startCluster } from "./cluster.ts";

let cluster: Cluster;
let admin: Client;

before(async () => {
  cluster = await startCluster();
  admin = openClient(await kubeconfigAccess({ file: cluster.kubeconfig, env: {} }));
});
after(async () => {
  await admin?.close();
  await cluster?.stop();
});

const quick: ElectionTimes = { leaseMs: 2000, renewWithinMs: 1500, retryMs: 100 };

/** One that takes part, and what became of it. */
function candidate(client: Client, name: string, lock: string) {
  const stop = new AbortController();
  const leads = Promise.withResolvers<AbortSignal>();
  const forbidden = Promise.withResolvers<string>();
  const at = { namespace: "default", name: lock };
  const done = takePart({
    locks: [leaseLock(client, at), configMapLock(client, at)],
    identity: name,
    onLeading: leads.resolve,
    onForbidden: forbidden.resolve,
    times: quick,
    signal: stop.signal,
  });
  return {
    leads: leads.promise,
    forbidden: forbidden.promise,
    async stop() {
      stop.abort();
      await done;
    },
  };
}

const aborted = (signal: AbortSignal) =>
  signal.aborted ? undefined : new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

test("the second leads when the first has handed over", async () => {
  const first = candidate(admin, "first", "handed");
  const led = await first.leads;
  const second = candidate(admin, "second", "handed");
  const holder = ["get", "lease", "handed", "-o", "jsonpath={.spec.holderIdentity}"];
  assert.equal(await cluster.kubectl(holder), "first");
  assert.equal(led.aborted, false);
  await first.stop();
  assert.equal(led.aborted, true);
  await second.leads;
  assert.equal(await cluster.kubectl(holder), "second");
  await second.stop();
});

test("a leader that loses the API server stops, and another leads when it is back", async () => {
  const first = candidate(admin, "first", "lost");
  const led = await first.leads;
  const second = candidate(admin, "second", "lost");
  await cluster.killApiServer();
  await aborted(led);
  await first.stop();
  await cluster.restartApiServer();
  await second.leads;
  await second.stop();
});

test("without a right to Leases the record is an annotation; without any, nobody leads", async () => {
  const account = await cluster.serviceAccount("default", "old", []);
  const client = openClient(
    await kubeconfigAccess({ file: await cluster.writeKubeconfig("old", { token: cluster.token(account) }), env: {} }),
  );
  const outsider = candidate(client, "outsider", "old");
  assert.match(await outsider.forbidden, /configmaps "old" is forbidden/);
  await outsider.stop();
  await cluster.kubectl(["create", "clusterrole", "old", "--verb=get,create,update", "--resource=configmaps"]);
  await cluster.kubectl(["create", "clusterrolebinding", "old", "--clusterrole=old", "--serviceaccount=default:old"]);
  const member = candidate(client, "member", "old");
  await member.leads;
  const record = await cluster.kubectl(["get", "configmap", "old", "-o", "jsonpath={.metadata.annotations}"]);
  assert.match(record, /"control-plane.alpha.kubernetes.io\/leader":"{\\"holderIdentity\\":\\"member\\"/);
  await member.stop();
  await client.close();
});
