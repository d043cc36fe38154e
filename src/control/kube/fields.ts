/**
 * Looks into plain data of which nothing is known: kubeconfig files and answers of the API server.
 */

/** An object's fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a value; none where it is not an object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A text that is there and not empty. */
export function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The objects of a list. */
export function list(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
