/** The services behind Envoy, as the clients' thread sees them; backend-worker.ts is what they do. */
import { Worker } from "node:worker_threads";

/** A running service. */
export interface Backend {
  readonly address: string;
  readonly port: number;
  /** As a pod ends: when nobody has asked it for a second, for Envoy's workers learn of it one after the other. */
  end(): Promise<void>;
  kill(): void;
}

/** What the thread is told. */
export interface Order {
  readonly id: number;
  readonly order: "start" | "end" | "kill";
  readonly name: string;
  readonly denial: number;
}

/** What it says when an order other than `kill` is done. */
export interface Answer {
  readonly id: number;
  readonly port: number;
}

let worker: Worker | undefined;
let last = 0;
const alive = new Set<number>();
const waiting = new Map<number, (answer: Answer) => void>();

function thread(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL("./backend-worker.ts", import.meta.url));
  worker.on("message", (answer: Answer) => waiting.get(answer.id)?.(answer));
  return worker;
}

/** The process ends when all have been killed. */
function note(id: number, isAlive: boolean): void {
  if (isAlive) alive.add(id);
  else alive.delete(id);
  if (alive.size > 0) thread().ref();
  else thread().unref();
}

/**
 * Starts one that answers with its name; with `denial`, it answers so to all that concerns `/judged/`. The one that is
 * called `grpc` echoes messages of gRPC.
 */
export async function startBackend(name: string, denial = 200): Promise<Backend> {
  const id = ++last;
  const tell = (order: Order["order"]): void => thread().postMessage({ id, order, name, denial } satisfies Order);
  const ask = (order: "start" | "end"): Promise<Answer> => {
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    tell(order);
    return answered;
  };
  note(id, true);
  const { port } = await ask("start");
  return {
    address: `127.0.0.1:${port}`,
    port,
    kill() {
      tell("kill");
      note(id, false);
    },
    async end() {
      await ask("end");
      note(id, false);
    },
  };
}
