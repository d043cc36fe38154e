/**
 * Which of some objects Envoy's words are about. Envoy names a resource when it refuses one, and often quotes the value
 * that it minds; an object that has that value is a better suspect than all that changed with it.
 */
import type { RawObject } from "#compiler";

/** An object with the value of it that was quoted. */
export interface Quoted {
  readonly object: RawObject;
  readonly text: string;
}

/** Shorter values stand in any text. */
const leastLength = 4;

/** The object with the longest value that a message quotes, the first of several. */
export function quotedIn(message: string, objects: Iterable<RawObject>): Quoted | undefined {
  let best: Quoted | undefined;
  for (const object of objects) {
    for (const text of textsOf(object.body)) {
      const length = best?.text.length ?? leastLength - 1;
      if (text.length > length && message.includes(text)) best = { object, text };
    }
  }
  return best;
}

function* textsOf(value: unknown): Iterable<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) yield* textsOf(inner);
}
