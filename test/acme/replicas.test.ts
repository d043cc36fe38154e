/**
 * Certificates with several replicas: one of them orders, whichever is asked answers, and when the one that orders
 * dies, another goes on with its order, its account and its Secrets.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openSite, type Replica, type Site } from "./site.ts";

let site: Site;
let leader: Replica;
let other: Replica;
let ofLeader: string;

before(async () => {
  site = await openSite({ asked: 1 });
  leader = await site.start();
  await leader.program.said(/this replica writes statuses and events/);
  ofLeader = await site.until(records, (names) => names !== "");
  other = await site.start();
});
after(async () => {
  await site?.close();
});

/** Where replicas say how they are. */
const records = (): Promise<string> =>
  site.kubectl("get", "configmaps", "-l", "dragoman.io/replica-of", "-o", "name").then((names) => names.trim());

const ready = (name: string): Promise<string> =>
  site.until(
    () => site.line(name),
    (line) => line === "Ready",
  );

test("a replica that does not order answers the authority", async () => {
  await site.pebble.names.resolve("one.shop.test");
  await site.cluster.apply(site.host("one"));
  await ready("one");
  assert.match(leader.program.output(), /certificate obtained.*one\.shop\.test/);
  assert.doesNotMatch(other.program.output(), /performing ACME challenge|this replica writes/);
  for (const replica of [leader, other]) {
    const served = await site.until(
      () => site.certificate(replica, "one.shop.test"),
      (found) => found !== undefined,
    );
    assert.equal(served?.subjectAltName, "DNS:one.shop.test");
  }
});

test("a leader that dies in the middle of an order leaves it to another one", async () => {
  await site.pebble.names.resolve("two.shop.test");
  await site.cluster.apply(site.host("two"));
  await leader.program.said(/performing ACME challenge.*two\.shop\.test/);
  leader.program.kill();
  await other.program.said(/certificate obtained.*two\.shop\.test/);
  // As Kubernetes does with what a Pod owned; for half a minute a replica is believed to live, and statuses wait for it.
  await site.kubectl("delete", ofLeader);
  await ready("two");
  const { accounts, orders } = site.pebble.placed();
  assert.equal(accounts, 1);
  assert.ok(orders <= 3, `${orders} orders for two Hosts and one death`);
  await site.until(
    () => site.kubectl("get", "configmaps", "-l", "dragoman.io/order-of", "-o", "name"),
    (left) => left === "",
  );
});
