/**
 * Control, a model of Envoy, the stream between them and a clock, for order.test.ts.
 */
import assert from "node:assert/strict";
import { type Encoded, type ResourceChange, type ResourceType, typeUrls } from "#compiler";
import { cluster, endpoints, isBad, listener, ModelEnvoy, refusedMark, routes, scope } from "./model-envoy.ts";
import { namesClusters } from "./naming.ts";
import { acknowledged, defaultOrderOptions, type OrderEvent, type OrderState, openOrder, step } from "./order.ts";
import { createRefusedVersions, type RefusedVersions } from "./refusal.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import type { Response } from "./subscription.ts";
import { stillWarms } from "./warming.ts";

/** One thing that can happen. */
export type Act =
  | { readonly kind: "toEnvoy" | "toControl" | "exchange" | "loseStream" | "restartControl" | "restartEnvoy" }
  /** The last message comes a second time. */
  | { readonly kind: "repeatToEnvoy" | "repeatToControl" }
  /** From here on nothing arrives in this direction, though the stream goes on. */
  | { readonly kind: "cutToEnvoy" | "cutToControl" }
  /** Control has compiled a cluster, or its endpoints, of those that are configured at its start. */
  | { readonly kind: "compile"; readonly type: "cluster" | "endpoints"; readonly name: string }
  /** Control has compiled everything. */
  | { readonly kind: "complete" }
  | { readonly kind: "warm"; readonly name: string }
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind: "configure";
      readonly clusters: readonly {
        readonly name: string;
        readonly revision: number;
        readonly eds: boolean;
        readonly slow: boolean;
      }[];
      readonly tables: readonly number[];
      /** How many scopes the one around them leads to; it does not exist when absent. */
      readonly parts?: number | undefined;
      readonly bad: boolean;
    };

function opens({ kind }: OrderEvent): boolean {
  return kind === "open";
}

/** Control, Envoy, the stream between them, and a clock. */
export class World {
  private now = 0;
  private envoy = new ModelEnvoy();
  private snapshot: Snapshot;
  private configured = new Map<string, Encoded>();
  private refused: RefusedVersions = createRefusedVersions();
  private order: OrderState;
  private toEnvoy: Response[] = [];
  private wakeAt: number | undefined;
  private sent = 0;
  /** Clusters that a table was allowed to name before they were warm. */
  private readonly announced = new Set<string>();
  private everBad = new Set<string>();
  /** Clusters that were to be read only, or to be given endpoints. */
  private everQuick = new Set<string>();
  /** Scopes that Envoy had when there were none any more. */
  private readonly left = new Set<Encoded>();
  /** How many it had when it opened the stream. */
  private broughtClusters = 0;
  /** Before everything was compiled. */
  private readonly sentFirst = new Set<Response>();
  private readonly cut = new Set<"cutToEnvoy" | "cutToControl">();
  private lastToEnvoy: Response | undefined;
  private lastToControl: readonly OrderEvent[] = [];

  constructor(isComplete = true) {
    this.snapshot = createSnapshot(isComplete);
    this.order = this.openStream();
  }

  private openStream(): OrderState {
    this.toEnvoy = [];
    this.wakeAt = undefined;
    this.cut.clear();
    this.lastToEnvoy = undefined;
    this.lastToControl = [];
    this.envoy.connect();
    this.broughtClusters = this.envoy.active.size + this.envoy.warming.size;
    this.order = openOrder(this.snapshot, this.refused, defaultOrderOptions, this.now);
    return this.order;
  }

  act(act: Act): void {
    if (act.kind === "configure") this.configure(act);
    if (act.kind === "toEnvoy") this.deliverToEnvoy();
    if (act.kind === "toControl") this.deliverToControl();
    if (act.kind === "exchange") this.exchange();
    if (act.kind === "repeatToEnvoy" && this.lastToEnvoy) this.envoy.receive(this.lastToEnvoy);
    if (act.kind === "repeatToControl") this.step(this.lastToControl);
    if (act.kind === "cutToEnvoy" || act.kind === "cutToControl") this.cut.add(act.kind);
    if (act.kind === "compile") this.compile(act);
    if (act.kind === "complete") this.complete();
    if (act.kind === "warm") this.envoy.warm(act.name);
    if (act.kind === "wait") this.advance(act.ms);
    if (act.kind === "loseStream") this.openStream();
    if (act.kind === "restartControl") this.restartControl();
    if (act.kind === "restartEnvoy") {
      this.envoy = new ModelEnvoy();
      this.openStream();
    }
    this.assertRoutesHaveClusters();
    this.assertAcknowledgedIsThere();
  }

  private restartControl(): void {
    this.snapshot = createSnapshot(false);
    this.refused = createRefusedVersions();
    this.openStream();
  }

  /** Clusters and endpoints are released as they come, everything else when all is compiled. */
  private compile({ type, name }: Extract<Act, { kind: "compile" }>): void {
    const resource = this.configured.get(`${type}/${name}`);
    if (!this.snapshot.isComplete && resource) this.change([{ type, name, resource }]);
  }

  private complete(): void {
    if (this.snapshot.isComplete) return;
    this.change(this.missing());
    this.snapshot.complete();
    this.step([{ kind: "completed" }]);
  }

  private change(changes: readonly ResourceChange[]): void {
    this.snapshot.apply(changes);
    this.step([{ kind: "changed", changes }]);
  }

  /** What is configured and not in the snapshot, or the other way round. */
  private missing(): ResourceChange[] {
    const changes: ResourceChange[] = [];
    for (const resource of this.configured.values()) {
      const { type, name, version } = resource;
      if (this.snapshot.get(type, name)?.version !== version) changes.push({ type, name, resource });
    }
    for (const type of Object.keys(typeUrls) as ResourceType[])
      for (const name of this.snapshot.names(type))
        if (!this.configured.has(`${type}/${name}`)) changes.push({ type, name });
    return changes;
  }

  private configure(act: Extract<Act, { kind: "configure" }>): void {
    const next = new Map<string, Encoded>();
    const add = (resource: Encoded) => next.set(`${resource.type}/${resource.name}`, resource);
    act.clusters.forEach(({ name, revision, eds, slow }, index) => {
      const bad = act.bad && index === 0 && act.tables.length === 0;
      add(cluster(name, `${revision}${eds ? "e" : ""}${slow ? "s" : ""}${bad ? refusedMark : ""}`, { eds, slow }));
      if (eds) add(endpoints(name, 1));
    });
    const names = act.clusters.map((c) => c.name).sort();
    act.tables.forEach((mask, index) => {
      const named = names.filter((_, bit) => mask & (1 << bit));
      const bad = act.bad && index === 0;
      add(listener(`t${index}`, 1));
      add(routes(`t${index}`, `${named.join("")}${bad ? refusedMark : ""}`, named));
    });
    if (act.parts !== undefined) {
      // Each number of parts has parts of its own, as when a host is divided anew.
      const prefix = `host|${act.parts}|`;
      for (let i = 0; i < act.parts; i++) add(scope(`${prefix}${i}`, names.join(""), names.slice(i, i + 1)));
      add(scope("host", `${prefix}${act.parts}`, [], prefix));
      for (const [index, name] of ["alone", "beside", "together"].entries())
        add(scope(name, `${names.join("")}${act.bad && index === 1 ? refusedMark : ""}`));
    }
    for (const resource of next.values()) {
      if (isBad(resource)) this.everBad.add(resource.name);
      if (resource.immediate || resource.endpoints) this.everQuick.add(resource.name);
    }
    this.configured = next;
    if (this.usedScopes().size === 0) for (const scope of this.envoy.scopes.values()) this.left.add(scope);
    if (this.snapshot.isComplete) this.change(this.missing());
  }

  private step(events: readonly OrderEvent[]): void {
    const output = step(this.order, events, this.now);
    for (const { resources } of output.sends) {
      const again = resources.filter(({ type, name, version }) => this.refused.has(type, name, version));
      assert.deepEqual(again, [], "what was refused is sent again");
    }
    if (!this.snapshot.isComplete) this.assertHarmless(output.sends);
    if (!this.snapshot.isComplete) for (const response of output.sends) this.sentFirst.add(response);
    this.toEnvoy.push(...output.sends);
    this.sent += output.sends.filter((r) => r.resources.length + r.removed.length > 0).length;
    for (const early of output.early) for (const name of early.clusters) this.announced.add(`${early.name}/${name}`);
    this.wakeAt = output.wakeAt;
    this.assertWindow();
  }

  /** Before everything is compiled, only an Envoy that has no clusters is told anything, and of no end. */
  private assertHarmless(sends: readonly Response[]): void {
    for (const { type, removed } of sends) {
      assert.ok(type === "cluster" || type === "endpoints", `${type} is sent before everything is compiled`);
      assert.deepEqual(removed, [], "something is taken away before everything is compiled");
      assert.equal(this.broughtClusters, 0, "an Envoy that may serve is told a part");
    }
  }

  private assertWindow(): void {
    for (const { type, inFlight } of this.order.subscriptions.values()) {
      const fresh = [...inFlight.values()].filter(
        (r) =>
          type !== "cluster" ||
          (!this.sentFirst.has(r) && this.now - r.sentAt < defaultOrderOptions.clusterHoldMs && this.blocks(r)),
      );
      assert.ok(fresh.length <= 1, `${fresh.length} unacknowledged ${type} responses`);
    }
  }

  /** Clusters that need only to be read follow each other, and removals, while Envoy withholds acknowledgements. */
  private blocks(response: Response): boolean {
    return response.resources.some((one) => !one.immediate) && stillWarms(this.order.warming, response);
  }

  private deliverToEnvoy(): boolean {
    const response = this.toEnvoy.shift();
    if (response && !this.cut.has("cutToEnvoy")) {
      this.lastToEnvoy = response;
      this.envoy.receive(response);
    }
    return response !== undefined;
  }

  private deliverToControl(): boolean {
    const message = this.envoy.outbox.shift();
    if (message && (!this.cut.has("cutToControl") || message.events.some(opens))) {
      // Who opens a stream again says so once; what is acknowledged may come twice.
      this.lastToControl = message.events.filter((event) => !opens(event));
      this.step(message.events);
    }
    return message !== undefined;
  }

  private advance(ms: number): void {
    const end = this.now + ms;
    // An Envoy that connects says in one breath what it has of each type.
    while (this.envoy.outbox.some(({ events }) => events.some(opens))) this.deliverToControl();
    // Envoy and control answer within a fraction of the grace: time passes only over a quiet stream.
    while (this.now < end) {
      const stop = Math.min(end, this.wakeAt ?? end);
      this.now = Math.max(this.now + 1, stop);
      this.step([{ kind: "tick" }]);
    }
  }

  private exchange(): void {
    while (this.deliverToEnvoy() || this.deliverToControl()) this.assertRoutesHaveClusters();
  }

  /** Lets everything happen that is under way. */
  settle(): void {
    this.complete();
    if (this.cut.size > 0) this.openStream();
    for (let round = 0; round < 12; round++) {
      this.exchange();
      for (const name of [...this.envoy.warming.keys()]) this.envoy.warm(name);
      this.exchange();
      this.advance(defaultOrderOptions.drainMs + 1_000);
      this.exchange();
    }
  }

  assertRoutesHaveClusters(): void {
    this.assertLeadsLeadSomewhere();
    for (const [table, resource] of [...this.envoy.tables, ...this.usedScopes()]) {
      if (this.isLeft(resource)) continue;
      for (const name of (resource.clusters ?? []).flat()) {
        // One that needs only to be read is not waited for; one that comes back counts as warm when Envoy has its
        // endpoints. Both share the fate of a response that is refused as a whole, which Envoy may say late.
        const shared = this.everBad.size > 0 && this.everQuick.has(name);
        const excused = shared || this.announced.has(`${table}/${name}`) || this.everBad.has(name);
        if (!excused) assert.ok(this.envoy.active.has(name), `table ${table} names ${name}, which Envoy lacks`);
      }
    }
  }

  /** What counts as acknowledged is what requests meet. */
  private assertAcknowledgedIsThere(): void {
    if (!this.snapshot.isComplete || this.everBad.size > 0) return;
    if (acknowledged(this.order) < this.snapshot.number) return;
    for (const { type, name, version } of this.configured.values()) {
      if (type === "routes") assert.equal(this.envoy.tables.get(name)?.version, version, `${name} is acknowledged`);
      if (type === "scope" && this.envoy.listeners.size > 0)
        assert.equal(this.envoy.scopes.get(name)?.version, version, `${name} is acknowledged`);
    }
  }

  /** While none are configured, no listener looks in the scopes that there are; they hold no cluster back. */
  private isLeft(resource: Encoded): boolean {
    if (resource.type !== "scope") return false;
    return this.left.has(resource) && this.configured.get(`scope/${resource.name}`)?.version !== resource.version;
  }

  private usedScopes(): ReadonlyMap<string, Encoded> {
    const scoped = [...this.configured.values()].some(({ type }) => type === "scope");
    return scoped ? this.envoy.scopes : new Map();
  }

  private assertLeadsLeadSomewhere(): void {
    const scopes = this.usedScopes();
    const { around } = scopes.get("host") ?? {};
    if (around === undefined) return;
    const parts = Number(around.split("|")[1]);
    for (let i = 0; i < parts; i++) assert.ok(scopes.has(`${around}${i}`), `a request is led to ${around}${i}`);
  }

  assertConverged(): void {
    const { envoy } = this;
    assert.deepEqual([...envoy.warming.keys()], [], "everything is warm");
    this.assertSame("cluster", envoy.active);
    this.assertSame("listener", envoy.listeners);
    this.assertSame("routes", envoy.tables);
    // Without any, listeners have tables, and those of connections that drain stay.
    if (envoy.listeners.size > 0) this.assertSame("scope", this.usedScopes());
    this.assertSame("endpoints", envoy.endpoints);
    assert.equal(acknowledged(this.order), this.snapshot.number);
  }

  private assertSame(type: ResourceType, held: ReadonlyMap<string, Encoded>): void {
    const refused = (name: string) => isBad(this.configured.get(`cluster/${name}`) ?? cluster(name, 0, {}));
    const wanted = [...this.configured.values()].filter(
      (r) => r.type === type && !isBad(r) && !(type === "endpoints" && refused(r.name)),
    );
    for (const { name, version } of wanted) assert.equal(held.get(name)?.version, version, `${type} ${name}`);
    // A refused change leaves the version before it in place, with all that it names.
    const stay = new Set(this.everBad);
    for (const { clusters } of [...this.envoy.tables.values(), ...this.usedScopes().values()])
      for (const name of (clusters ?? []).flat()) stay.add(name);
    const namerRefused = [...this.configured.values()].some((r) => namesClusters(r.type) && isBad(r));
    if (namerRefused && (type === "cluster" || type === "endpoints")) return;
    for (const name of held.keys()) {
      assert.ok(this.configured.has(`${type}/${name}`) || stay.has(name), `${type} ${name} is still there`);
    }
  }

  /** How many responses an Envoy gets that reconnects with everything it has. */
  sendsAfterReconnect(): number {
    this.restartControl();
    this.sent = 0;
    this.exchange();
    this.complete();
    this.exchange();
    // Without a listener it has forgotten scopes.
    const excused = this.envoy.listeners.size === 0 || [...this.configured.values()].some(isBad);
    return excused ? 0 : this.sent;
  }
}
