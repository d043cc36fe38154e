/** JSON data → YAML on one line, as people write it: `{ name: shop, ports: [80, "443"] }`. */

/** A value in flow style; texts are quoted where YAML would read them as something else. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(", ")}]`;
  if (typeof value === "string") return plain(value) ? value : JSON.stringify(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => `${plain(key) ? key : JSON.stringify(key)}: ${flowYaml(inner)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Neither punctuation of YAML nor one of its words or numbers. */
function plain(text: string): boolean {
  return /^[/A-Za-z][\w./:-]*$/.test(text) && !/:$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text);
}
