/** What concerns most kinds of a cluster at the same time, and is said once. */

/** Most kinds fail for the same reason at the same time. */
export function createOnce(say: (message: string) => void): (message: string) => void {
  let last = "";
  return (message) => {
    if (message !== last) say(message);
    last = message;
  };
}

const gatherMs = 500;

/** What concerns most kinds comes for each of them within a moment, and is said once. */
export function createGathered(say: (names: string) => void): (name: string) => void {
  let gathered: Set<string> | undefined;
  return (name) => {
    if (!gathered) {
      const names = new Set<string>();
      gathered = names;
      setTimeout(() => {
        gathered = undefined;
        say([...names].join(", "));
      }, gatherMs).unref();
    }
    gathered.add(name);
  };
}
