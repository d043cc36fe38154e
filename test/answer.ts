/** Plain questions over HTTP/1.1, for tests that look at what is answered and not at how it is carried. */
import { type Agent, type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

/** What is asked, and where: a port of this machine, unless there is a socket or another host. */
export interface Question {
  readonly port?: number;
  readonly host?: string;
  readonly socketPath?: string;
  /** Which of this machine asks. */
  readonly localAddress?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keeps connections; without one, the question has a connection of its own. */
  readonly agent?: Agent;
}

/** All of the answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What is answered; rejects with the system's own error when the connection fails. */
export function answerOf({ body: sent, ...where }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", agent: false, ...where }, (incoming) => {
      const { statusCode: status = 0, headers } = incoming;
      text(incoming).then((body) => resolve({ status, headers, body }), reject);
    });
    outgoing.on("error", reject).end(sent);
  });
}
