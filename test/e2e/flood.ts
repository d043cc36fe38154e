/**
 * Strangers who invent server names, at a constant rate: each sends the same prepared hello with a name and a random of
 * its own, hears how the handshake goes on, and is gone. None of them calculates anything, so that nearly all the work
 * is on the other side.
 */
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Pace, startPace } from "../loss/pace.ts";

/** How strangers fared. */
export interface Flood extends Pace {
  /** How many handshakes ended how: `refused` by an alert, `accepted`, `closed` without a word. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How long each waited for its end, in milliseconds. */
  readonly waits: readonly number[];
  /** How many had been answered when the time was over. */
  readonly answered: number;
}

const nameOf = (number: number): string => `invented-${String(number).padStart(10, "0")}.test`;
const placeholder = nameOf(0);
/** In a hello: behind the heads of the record and of the message, and the version. */
const [randomAt, randomBytes] = [11, 32];
/** The type of a record that refuses. */
const alert = 0x15;

/** The first message of a handshake with a server name, as a TLS client writes it. */
async function prepareHello(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ host: "127.0.0.1", port, servername });
  // It ends without an answer.
  client.on("error", () => client.destroy());
  const [socket] = (await once(server, "connection")) as [Socket];
  const [hello] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  server.close();
  return hello;
}

/** Starts the flood, with names from a number on; the returned function ends it, waits for the last answers, and says how it went. */
export async function startFlood(port: number, perSecond: number, from: number): Promise<() => Promise<Flood>> {
  const hello = await prepareHello(placeholder);
  const nameAt = hello.indexOf(placeholder, 0, "latin1");
  if (nameAt < 0) throw new Error("the hello does not hold its name in clear");
  const outcomes: Record<string, number> = {};
  const waits: number[] = [];
  const open = new Set<Promise<void>>();
  let invented = from;

  const inventedHello = (): Buffer => {
    const own = Buffer.from(hello);
    randomFillSync(own, randomAt, randomBytes);
    own.write(nameOf(invented++), nameAt, "latin1");
    return own;
  };

  const stranger = (): void => {
    const begun = performance.now();
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    const ended = new Promise<void>((resolve) => {
      let outcome: string | undefined;
      const hear = (how: string): void => {
        if (outcome !== undefined) return;
        outcome = how;
        outcomes[how] = (outcomes[how] ?? 0) + 1;
        waits.push(performance.now() - begun);
        // With a reset, or the ports of thousands of ended connections would be waiting.
        socket.resetAndDestroy();
        resolve();
      };
      socket.on("data", ([type]) => hear(type === alert ? "refused" : "accepted"));
      socket.on("error", ({ message }) => hear(message.includes("ECONNRESET") ? "closed" : message));
      socket.on("end", () => hear("closed"));
      socket.on("close", () => hear("closed"));
    });
    socket.write(inventedHello());
    open.add(ended);
    void ended.then(() => open.delete(ended));
  };

  const stop = startPace(perSecond, stranger);
  return async () => {
    const pace = await stop();
    const answered = waits.length;
    await Promise.all(open);
    return { ...pace, outcomes, waits, answered };
  };
}
