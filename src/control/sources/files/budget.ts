/**
 * What all files together may have: bytes, and objects.
 */

/** Bounds of what is read. */
export interface FileLimits {
  readonly fileBytes: number;
  readonly totalBytes: number;
  readonly objects: number;
}

/** Keeps count by file, so that a file that is read again counts once. */
export interface Budget {
  /** Takes so many bytes for a file; false, taking none, when there are not that many. */
  reserveBytes(file: string, bytes: number): boolean;
  /** How many objects a file may have beside those of all others. */
  objectsLeft(file: string): number;
  takeObjects(file: string, objects: number): void;
}

/** A budget of which nothing is taken yet. */
export function createBudget(limits: Omit<FileLimits, "fileBytes">): Budget {
  const bytes = createTally();
  const objects = createTally();
  return {
    reserveBytes(file, size) {
      const fits = bytes.others(file) + size <= limits.totalBytes;
      bytes.set(file, fits ? size : 0);
      return fits;
    },
    objectsLeft: (file) => limits.objects - objects.others(file),
    takeObjects: objects.set,
  };
}

function createTally() {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    others: (file: string): number => total - (counts.get(file) ?? 0),
    set(file: string, count: number): void {
      total += count - (counts.get(file) ?? 0);
      if (count === 0) counts.delete(file);
      else counts.set(file, count);
    },
  };
}
