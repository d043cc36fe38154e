/**
 * A small model of Envoy's delta xDS client, for model-world.ts and order.test.ts.
 * It knows what matters for order: warming, withheld CDS acknowledgements, endpoints that are not asked for twice,
 * responses that are refused as a whole.
 */
import type { Encoded, ResourceType } from "#compiler";
import type { OrderEvent } from "./order.ts";
import type { Response } from "./subscription.ts";

function make(type: ResourceType, name: string, revision: number | string, more: Partial<Encoded> = {}): Encoded {
  return { type, name, version: `${type}-${name}-${revision}`, parts: [], ...more };
}

/** A cluster of the model. Half of those that wait for nothing say so. */
export function cluster(name: string, revision: number | string, kind: { eds?: boolean; slow?: boolean }): Encoded {
  const immediate = !kind.eds && !kind.slow && String(revision).startsWith("1");
  return make("cluster", name, revision, {
    ...(kind.eds && { endpoints: name }),
    ...(kind.slow && { slow: true }),
    ...(immediate && { immediate }),
  });
}

/** The endpoints of a cluster. */
export function endpoints(name: string, revision: number): Encoded {
  return make("endpoints", name, revision);
}

/** A listener; in the model it uses the table of the same name, and scopes. */
export function listener(name: string, revision: number): Encoded {
  return make("listener", name, revision, { looksIn: { tables: [name], scopes: true } });
}

/** A route table that names clusters. */
export function routes(name: string, revision: number | string, clusters: readonly string[]): Encoded {
  return make("routes", name, revision, { clusters: [clusters] });
}

/** A scope that names clusters; `around` others whose names begin so. */
export function scope(
  name: string,
  revision: number | string,
  clusters: readonly string[] = [],
  around?: string,
): Encoded {
  return make("scope", name, revision, { clusters: [clusters], ...(around === undefined ? {} : { around }) });
}

/** A secret. */
export function secret(name: string, revision: number): Encoded {
  return make("secret", name, revision);
}

interface Ack {
  readonly type: ResourceType;
  readonly events: readonly OrderEvent[];
}

/** Resources with this in their version are refused. */
export const refusedMark = "bad";

/** Whether the model refuses a resource. */
export function isBad(resource: Encoded): boolean {
  return resource.version.includes(refusedMark);
}

function contentOf({ version, parts }: Encoded): string {
  return `${version} ${parts.join("")}`;
}

/** Envoy as far as order is concerned. */
export class ModelEnvoy {
  readonly active = new Map<string, Encoded>();
  readonly warming = new Map<string, { resource: Encoded; needsEndpoints: boolean; needsTime: boolean }>();
  readonly endpoints = new Map<string, Encoded>();
  readonly listeners = new Map<string, Encoded>();
  readonly tables = new Map<string, Encoded>();
  readonly scopes = new Map<string, Encoded>();
  /** What it was sent of scopes, even in a part of a refused response, which no worker knows. */
  readonly seenScopes = new Map<string, string>();
  /** What it says that it has, which is more than that once the last listener is gone. */
  readonly claimedScopes = new Map<string, Encoded>();
  readonly wantedEndpoints = new Set<string>();
  readonly wantedTables = new Set<string>();
  opened = new Set<ResourceType>();
  withheld: Ack[] = [];
  outbox: Ack[] = [];

  connect(): void {
    this.opened = new Set();
    this.withheld = [];
    this.outbox = [];
    // A stream that breaks just between the first listener and its scopes is out of the model: nothing shows it.
    if (this.listeners.size > 0) this.forgetClaims();
    this.openAll();
  }

  private openAll(): void {
    if (this.warming.size === 0) this.open("cluster");
    if (this.wantedEndpoints.size > 0) this.open("endpoints");
    if (this.opened.has("cluster") || this.listeners.size > 0) this.open("listener");
    if (this.wantedTables.size > 0) this.open("routes");
    if (this.listeners.size + this.claimedScopes.size > 0) this.open("scope");
  }

  private open(type: ResourceType): void {
    if (this.opened.has(type)) return;
    this.opened.add(type);
    const wildcard = type === "cluster" || type === "listener" || type === "scope";
    const names = type === "endpoints" ? this.wantedEndpoints : type === "routes" ? this.wantedTables : [];
    const versions = Object.fromEntries([...this.known(type)].map(([name, { version }]) => [name, version]));
    this.outbox.push({ type, events: [{ kind: "open", type, first: { wildcard, names: [...names], versions } }] });
  }

  private known(type: ResourceType): Map<string, Encoded> {
    if (type === "cluster") {
      const all = new Map(this.active);
      for (const [name, { resource }] of this.warming) all.set(name, resource);
      return all;
    }
    if (type === "endpoints") return this.endpoints;
    if (type === "scope") return this.claimedScopes;
    return type === "listener" ? this.listeners : this.tables;
  }

  receive(response: Response): void {
    const { type, nonce } = response;
    const bad = response.resources.some(isBad);
    const event: OrderEvent = bad ? { kind: "nack", type, nonce, message: "refused" } : { kind: "ack", type, nonce };
    // Of a listener Envoy says first that it has it, and then asks for what it looks in.
    if (type === "listener") this.outbox.push({ type, events: [event] });
    if (!bad) this.apply(response);
    else if (type === "scope") this.seeScopesBeforeBad(response);
    if (type === "listener") return;
    const paused = type === "cluster" && this.warming.size > 0;
    (paused ? this.withheld : this.outbox).push({ type, events: [event] });
  }

  private apply(response: Response): void {
    for (const resource of response.resources) {
      if (response.type === "cluster") this.addCluster(resource);
      if (response.type === "endpoints") this.takeEndpoints(resource.name, resource);
      if (response.type === "listener") this.addListener(resource);
      if (response.type === "scope") this.takeScope(resource.name, resource);
      if (response.type === "routes" && this.wantedTables.has(resource.name)) this.tables.set(resource.name, resource);
    }
    for (const name of response.removed) {
      if (response.type === "cluster") this.removeCluster(name);
      if (response.type === "endpoints") this.takeEndpoints(name, undefined);
      if (response.type === "listener") this.removeListener(name);
      if (response.type === "scope") this.takeScope(name, undefined);
    }
  }

  private addCluster(resource: Encoded): void {
    const { name } = resource;
    if ((this.warming.get(name)?.resource ?? this.active.get(name))?.version === resource.version) return;
    const needsEndpoints = resource.endpoints !== undefined;
    this.warming.set(name, { resource, needsEndpoints, needsTime: resource.slow === true });
    this.want("endpoints", this.wantedEndpoints, resource.endpoints);
    if (!needsEndpoints) this.unwantEndpoints(name);
    this.settle(name);
  }

  private removeCluster(name: string): void {
    this.active.delete(name);
    this.warming.delete(name);
    this.unwantEndpoints(name);
    this.releaseWithheld();
  }

  private unwantEndpoints(name: string): void {
    if (!this.wantedEndpoints.delete(name)) return;
    this.endpoints.delete(name);
    this.outbox.push({ type: "endpoints", events: [{ kind: "unsubscribe", type: "endpoints", names: [name] }] });
  }

  private takeEndpoints(name: string, resource: Encoded | undefined): void {
    if (!this.wantedEndpoints.has(name)) return;
    if (resource) this.endpoints.set(name, resource);
    const warming = this.warming.get(name);
    if (warming) warming.needsEndpoints = false;
    this.settle(name);
  }

  private forgetClaims(): void {
    for (const name of this.claimedScopes.keys()) if (!this.scopes.has(name)) this.claimedScopes.delete(name);
  }

  private seeScopesBeforeBad({ resources }: Response): void {
    if (this.listeners.size === 0) return;
    for (const resource of resources.slice(0, resources.findIndex(isBad)))
      this.seenScopes.set(resource.name, contentOf(resource));
  }

  private takeScope(name: string, resource: Encoded | undefined): void {
    const content = resource && contentOf(resource);
    const isKnown = content !== undefined && this.seenScopes.get(name) === content;
    for (const there of this.listeners.size > 0 && !isKnown
      ? [this.claimedScopes, this.scopes]
      : [this.claimedScopes]) {
      if (resource) there.set(name, resource);
      else there.delete(name);
    }
    if (this.listeners.size === 0) return;
    if (content === undefined) this.seenScopes.delete(name);
    else this.seenScopes.set(name, content);
  }

  private addListener(resource: Encoded): void {
    this.listeners.set(resource.name, resource);
    this.open("scope");
    this.want("routes", this.wantedTables, resource.name);
  }

  private removeListener(name: string): void {
    this.listeners.delete(name);
    if (this.listeners.size === 0) {
      this.scopes.clear();
      this.seenScopes.clear();
    }
    if (this.wantedTables.delete(name)) {
      this.tables.delete(name);
      this.outbox.push({ type: "routes", events: [{ kind: "unsubscribe", type: "routes", names: [name] }] });
    }
  }

  private want(type: "endpoints" | "routes", wanted: Set<string>, name: string | undefined): void {
    if (name === undefined || wanted.has(name)) return;
    wanted.add(name);
    if (!this.opened.has(type)) this.open(type);
    else this.outbox.push({ type, events: [{ kind: "subscribe", type, names: [name] }] });
  }

  /** What a slow cluster waits for (health checks, DNS, a secret) has happened. */
  warm(name: string): void {
    const warming = this.warming.get(name);
    if (warming) warming.needsTime = false;
    this.settle(name);
  }

  private settle(name: string): void {
    const warming = this.warming.get(name);
    if (!warming || warming.needsEndpoints || warming.needsTime) return;
    this.warming.delete(name);
    this.active.set(name, warming.resource);
    this.releaseWithheld();
  }

  private releaseWithheld(): void {
    if (this.warming.size > 0) return;
    this.openAll();
    this.outbox.push(...this.withheld.splice(0));
  }
}
