/**
 * Single requests to a cluster's API server, for what kubectl does not show or not soon enough.
 */
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";

/** What the API server answered; `body` is a Status object where it refused. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks as the bearer of a token. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

/** A client that keeps its connections. */
export function createAsk(server: string, authority: string, token: string): Ask {
  const agent = new Agent({ keepAlive: true, ca: authority });
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const outgoing = request(new URL(path, server), { method, headers, agent }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: bodyOf(response, text) }));
      });
      outgoing.on("error", reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

/** Paths that do not exist are answered in plain text. */
function bodyOf({ headers }: IncomingMessage, text: string): ApiAnswer["body"] {
  return headers["content-type"] === "application/json" ? (JSON.parse(text) as ApiAnswer["body"]) : { message: text };
}
