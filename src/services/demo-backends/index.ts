/**
 * The two small HTTP services that the quickstart routes to: `quote` answers JSON and `echo` shows what it received.
 * They bind to loopback unless told otherwise, bound what a client may send and close without waiting for idle clients.
 */
import { answerEcho } from "./echo.ts";
import { listen } from "./listen.ts";
import { answerQuote, pickServerName } from "./quote.ts";

/** Where to listen. A port of 0 takes any free one. */
export interface DemoBackendOptions {
  readonly host?: string;
  readonly echoPort?: number;
  readonly quotePort?: number;
}

/** The backends as they run, with the ports that were really bound. */
export interface DemoBackends {
  readonly host: string;
  readonly echoPort: number;
  readonly quotePort: number;
  close(): Promise<void>;
}

/** Starts both backends; rejects with one sentence, and leaves nothing running, when either port cannot be bound. */
export async function startDemoBackends(options: DemoBackendOptions = {}): Promise<DemoBackends> {
  const host = options.host ?? "127.0.0.1";
  const serverName = pickServerName();
  const echo = await listen("echo", host, options.echoPort ?? 9001, answerEcho);
  try {
    const quote = await listen("quote", host, options.quotePort ?? 9002, answerQuote(serverName));
    return {
      host,
      echoPort: echo.port,
      quotePort: quote.port,
      close: async () => {
        await Promise.all([echo.close(), quote.close()]);
      },
    };
  } catch (error) {
    await echo.close();
    throw error;
  }
}
