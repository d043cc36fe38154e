/** JSON that is written piece by piece, so that long lists neither keep other work waiting nor stand in memory. */

/** An array, item by item. */
export function* arrayPieces<T>(items: Iterable<T>, show: (item: T) => unknown): Iterable<string> {
  yield "[";
  let comma = "";
  for (const item of items) {
    yield comma + JSON.stringify(show(item));
    comma = ",";
  }
  yield "]";
}

/** An object, value by value. */
export function* objectPieces<T>(
  entries: Iterable<readonly [string, T]>,
  pieces: (value: T) => Iterable<string>,
): Iterable<string> {
  yield "{";
  let comma = "";
  for (const [key, value] of entries) {
    yield `${comma}${JSON.stringify(key)}:`;
    yield* pieces(value);
    comma = ",";
  }
  yield "}";
}
