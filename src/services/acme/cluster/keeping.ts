/** Asking an API server for a desk: what it refuses is told from what will be better in a moment. */
import { fieldsOf } from "#base/fields.ts";
import type { ApiRequest, Client } from "../../../control/kube/client.ts";
import { ApiFailure, isPassing } from "../../../control/kube/failure.ts";
import { isOutside } from "../../../control/kube/outside.ts";
import { DeskAway, NotKept } from "../desk.ts";

const attempts = 3;

/** The object that an API server answers with; rejects with NotKept or DeskAway. `doing` says what fails. */
export async function keep(
  client: Client,
  doing: string,
  request: ApiRequest,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return fieldsOf(await client.ask({ attempts, ...request }));
  } catch (error) {
    throw judged(error, doing);
  }
}

/** The same for what somebody may have created before; undefined then. */
export async function create(
  client: Client,
  doing: string,
  request: Omit<ApiRequest, "method">,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return fieldsOf(await client.ask({ method: "POST", ...request }));
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 409) return undefined;
    throw judged(error, doing);
  }
}

/** The same for what may not be there. */
export async function find(
  client: Client,
  doing: string,
  request: ApiRequest,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return fieldsOf(await client.ask({ attempts, ...request }));
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return undefined;
    throw judged(error, doing);
  }
}

function judged(error: unknown, doing: string): unknown {
  if (!isOutside(error)) return error;
  // Somebody was quicker, or has taken it away: what there is now is seen at the next look.
  const isStale = error instanceof ApiFailure && (error.status === 409 || error.status === 404);
  const isAway = isPassing(error) || !(error instanceof ApiFailure);
  if (isStale || isAway) return new DeskAway(error.message, { cause: error });
  return new NotKept(`${doing}: ${error.message}`, { cause: error });
}
