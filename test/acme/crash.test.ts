/**
 * A gateway that is killed while it obtains a certificate, at random points, and goes on with it: one account, no
 * Secret and no order that nobody needs, a certificate in the end. CRASHES says how often; SEED draws other points.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openSite, type Replica, type Site } from "./site.ts";

const crashes = Number(process.env["CRASHES"] ?? 2);
const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 1e9));
/** An issuance takes about so long. */
const issuanceMs = 3000;

let site: Site;
let gateway: Replica;

before(async () => {
  site = await openSite({ refusedNoncesPercent: 10 });
  gateway = await site.start();
});
after(async () => {
  await site?.close();
});

/** Numbers from 0 to 1 (mulberry32). */
function draws(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function names(kind: string): Promise<readonly string[]> {
  const printed = await site.kubectl("get", kind, "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}");
  return printed.split("\n").filter((name) => name !== "");
}

test(`a gateway that dies ${crashes} times obtains what it was asked for (SEED=${seed})`, async () => {
  const draw = draws(seed);
  const before = await names("secrets");
  for (let round = 0; round < crashes; round++) {
    const name = `crash${round}`;
    await site.pebble.names.resolve(`${name}.shop.test`);
    const { orders } = site.pebble.placed();
    const control = await site.until(
      async () => gateway.program.pid(/ control /),
      (pid) => pid !== undefined,
    );
    await site.cluster.apply(site.host(name));
    await pause(draw() * issuanceMs);
    if (control) process.kill(control, "SIGKILL");
    await site.until(
      () => site.line(name),
      (line) => line === "Ready",
    );
    const more = site.pebble.placed().orders - orders;
    assert.ok(more >= 1 && more <= 2, `${more} orders for ${name}`);
    await site.until(
      () => site.certificate(gateway, `${name}.shop.test`),
      (found) => found !== undefined,
    );
  }
  assert.equal(site.pebble.placed().accounts, 1);
  const made = (await names("secrets")).filter((name) => !before.includes(name));
  assert.equal(made.length, crashes + 1, made.join(" "));
  assert.deepEqual(
    (await names("configmaps")).filter((name) => name.startsWith("dragoman-order-")),
    [],
  );
  assert.doesNotMatch(gateway.program.output(), /because of a bug|PRIVATE KEY/);
});
