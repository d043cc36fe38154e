/** Looks names up while an attempt waits for them: when the answer for one appears or changes, it is worth trying. */
import { lookup } from "node:dns/promises";

/** What is known of some names. */
export interface NameWatch {
  /** Looks again; true when an answer has appeared or changed since the last time. */
  look(): Promise<boolean>;
}

/** How often it is worth looking. */
export const lookEveryMs = 5000;

/** Watches names, beginning with a look at how they are. */
export function watchNames(names: readonly string[], ask: (name: string) => Promise<string> = addresses): NameWatch {
  const known = new Map<string, string>();

  async function lookOnce(): Promise<boolean> {
    let changed = false;
    for (const name of names) {
      const answer = await ask(name);
      changed ||= answer !== "" && known.has(name) && known.get(name) !== answer;
      known.set(name, answer);
    }
    return changed;
  }

  let last = lookOnce();
  return {
    look() {
      last = last.then(lookOnce);
      return last;
    },
  };
}

/** The addresses of a name as one text; empty where it does not resolve. */
async function addresses(name: string): Promise<string> {
  try {
    const found = await lookup(name, { all: true });
    return found
      .map(({ address }) => address)
      .sort()
      .join(" ");
  } catch (error) {
    if (error instanceof Error) return "";
    throw error;
  }
}
