/**
 * Finds out when Envoy serves something: one keep-alive connection that asks again and again until the answer is the
 * one that is waited for. The pause between questions leaves the processors to those that are measured.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A connection to one listener. */
export interface Poller {
  /** Resolves, once the head of an answer contains the text, with the time at which that answer came. */
  until(host: string, path: string, text: string): Promise<bigint>;
  close(): void;
}

const pauseMs = 1;
const patienceNs = 20_000_000_000n;

/** Connects, as soon as somebody listens. */
export async function openPoller(port: number): Promise<Poller> {
  const socket = await connected(port);
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  const ask = async (host: string, path: string): Promise<string> => {
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    let head = "";
    while (!head.includes("\r\n\r\n")) head += ((await once(socket, "data")) as [string])[0];
    return head;
  };
  return {
    until: async (host, path, text) => {
      const start = process.hrtime.bigint();
      for (;;) {
        const head = await ask(host, path);
        const now = process.hrtime.bigint();
        if (head.includes(text)) return now;
        if (now - start > patienceNs) throw new Error(`${host}${path} never answered ${text}, but\n${head}`);
        await pause(pauseMs);
      }
    },
    close: () => socket.destroy(),
  };
}

async function connected(port: number) {
  const start = process.hrtime.bigint();
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return socket;
    } catch (error) {
      if (process.hrtime.bigint() - start > patienceNs) throw error;
      await pause(20);
    }
  }
}
