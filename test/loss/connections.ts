/**
 * Every connection that is meant to stay: who ended it, when, and whether that was announced, by `connection: close`
 * or GOAWAY.
 */

/** Connections that one of Envoy's filter chains serves share a name: the server name, or that of cleartext. */
export interface Kept {
  /** It has carried an answer; one that never did, for nobody accepted it, is not counted. */
  used(): void;
  /** The other side has said that it will end it. */
  announce(): void;
  /** It is gone. */
  gone(): void;
}

/** A connection that ended although its client would have gone on. */
export interface Ended {
  readonly scenario: string;
  readonly chain: string;
  readonly client: string;
  readonly announced: boolean;
  readonly at: number;
}

/** All that were opened. */
export interface Connections {
  scenario: string;
  open(chain: string, client: string): Kept;
  /** From now on clients end connections themselves. */
  stop(): void;
  /** How many of these chains were opened before this time and are still there. */
  left(chains: readonly string[], before: number): number;
  readonly ended: readonly Ended[];
  readonly opened: number;
}

/** Starts with none. */
export function openConnections(): Connections {
  const ended: Ended[] = [];
  const there = new Set<{ readonly chain: string; readonly at: number }>();
  let [opened, stopped] = [0, false];
  const connections: Connections = {
    scenario: "",
    ended,
    get opened() {
      return opened;
    },
    stop() {
      stopped = true;
    },
    left: (chains, before) => [...there].filter(({ chain, at }) => at < before && chains.includes(chain)).length,
    open(chain, client) {
      const one = { chain, at: performance.now() };
      let announced = false;
      return {
        used() {
          if (there.has(one)) return;
          opened++;
          there.add(one);
        },
        announce() {
          announced = true;
        },
        gone() {
          if (!there.delete(one) || stopped) return;
          ended.push({ scenario: connections.scenario, chain, client, announced, at: performance.now() });
        },
      };
    },
  };
  return connections;
}
