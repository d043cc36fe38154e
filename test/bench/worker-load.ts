/**
 * What a request costs Envoy's worker thread: by the kernel's account of that thread alone, so the client may be slow
 * without falsifying it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";

/** A way to ask: requests of one kind to one listener. */
export interface Load {
  readonly port: number;
  readonly host: string;
}

const connections = 8;

/** Sends so many requests, each answered by `ok`, and gives the worker's time for one, in us. */
export async function workerTime(pid: number, requests: number, { port, host }: Load): Promise<number> {
  const worker = workerOf(pid);
  const before = cpuNs(pid, worker);
  // Over connections that stay, each answered before the next is sent.
  const each = Math.ceil(requests / connections);
  await Promise.all(Array.from({ length: connections }, () => pingPong(port, host, each)));
  return (cpuNs(pid, worker) - before) / (each * connections) / 1000;
}

function workerOf(pid: number): string {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const worker = tasks.find((task) =>
    readFileSync(`/proc/${pid}/task/${task}/comm`, "utf8").startsWith("wrk:worker_0"),
  );
  if (!worker) throw new Error("Envoy has no worker thread");
  return worker;
}

function cpuNs(pid: number, task: string): number {
  return Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
}

function pingPong(port: number, host: string, times: number): Promise<void> {
  const request = `GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let left = times;
    const socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      if (text.startsWith("HTTP/1.1 ") && !text.startsWith("HTTP/1.1 200")) reject(new Error(text.slice(0, 40)));
      if (!text.endsWith("\r\n\r\nok")) return;
      left--;
      if (left > 0) socket.write(request);
      else socket.end(resolve);
    });
  });
}
