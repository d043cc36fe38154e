/** The names that a certificate is for, as Node writes them down. */

const entry = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;

/**
 * The DNS names and URIs of a `subjectAltName`, in their order. Names that hold anything odd are quoted there, and are
 * left out: nobody means them.
 */
export function subjectNames(subjectAltName: string | undefined): readonly string[] {
  const names: string[] = [];
  const text = subjectAltName ?? "";
  entry.lastIndex = 0;
  for (let found = entry.exec(text); found && found[0] !== ""; found = entry.exec(text)) {
    const [, kind, name = ""] = found;
    if ((kind === "DNS" || kind === "URI") && name !== "" && !name.startsWith('"')) names.push(name);
  }
  return names;
}
