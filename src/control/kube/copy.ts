/**
 * A copy of the objects of one resource: takes single changes and whole lists, and tells what differs.
 */
import { type Fields, fieldsOf } from "#base/fields.ts";
import { intern } from "#base/intern.ts";

/** An object that appeared or changed, or (without `after`) is gone. */
export interface Change<T> {
  /** `namespace/name`. */
  readonly key: string;
  readonly before?: T;
  readonly after?: T;
}

/** The copy. */
export interface Copy<T> {
  put(key: string, after: T): Change<T>;
  remove(key: string): readonly Change<T>[];
  /** Makes the copy a whole list; what the list lacks is gone. */
  replace(list: ReadonlyMap<string, T>): readonly Change<T>[];
}

/** An empty copy. */
export function createCopy<T>(): Copy<T> {
  const objects = new Map<string, T>();

  function put(key: string, after: T): Change<T> {
    const before = objects.get(key);
    objects.set(key, after);
    return before === undefined ? { key, after } : { key, before, after };
  }

  function remove(key: string): readonly Change<T>[] {
    const before = objects.get(key);
    if (before === undefined) return [];
    objects.delete(key);
    return [{ key, before }];
  }

  return {
    put,
    remove,
    replace(list) {
      const gone = [...objects.keys()].flatMap((key) => (list.has(key) ? [] : remove(key)));
      return [...gone, ...Array.from(list, ([key, after]) => put(key, after))];
    },
  };
}

/** The key of an object. */
export function keyOf(object: Fields): string {
  const { namespace = "", name } = fieldsOf(object["metadata"]);
  return intern(`${String(namespace)}/${String(name)}`);
}
