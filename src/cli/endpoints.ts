/** What the command line asks a running instance: the other ends of why, routes and wait. */
import type { ControlOptions } from "../control/options.ts";
import type { ControlView } from "../control/view.ts";
import { CannotRun } from "./cannot-run.ts";
import { routeRows } from "./routes.ts";
import { waitFor } from "./wait.ts";
import { answerWhy } from "./why.ts";

type Endpoints = ReturnType<NonNullable<ControlOptions["endpoints"]>>;

/** The paths of the admin interface that commands use. */
export function commandEndpoints(view: ControlView): Endpoints {
  const { compiler, locate } = view;
  return {
    "/why": question((input) => {
      const headers = Array.isArray(input["headers"]) ? input["headers"].map(String) : [];
      return answerWhy(compiler, locate, {
        request: String(input["request"]),
        headers,
        http3: input["http3"] === true,
        ...(typeof input["from"] === "string" ? { from: input["from"] } : {}),
      });
    }),
    "/routes": question(() => routeRows(compiler, locate)),
    "/wait": question((input) => waitFor(view, String(input["object"]), Number(input["timeoutMs"]))),
  };
}

type Input = Readonly<Record<string, unknown>>;

function question(answer: (input: Input) => unknown): Endpoints[string] {
  return async ({ input }) => {
    if (typeof input !== "object" || input === null) return { status: 400, body: "POST a JSON object\n" };
    try {
      return { body: await answer(input as Input) };
    } catch (error) {
      if (error instanceof CannotRun) return { status: 422, body: JSON.stringify(error.message) };
      throw error;
    }
  };
}
