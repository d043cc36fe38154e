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

/** Neither punctuation of YAML nor one of its words, numbers, times or dates. */
function plain(text: string): boolean {
  return /^[/\w][\w./:@-]*$/.test(text) && !text.endsWith(":") && !readAsOther.test(text);
}

const readAsOther = /^(true|false|yes|no|on|off|null|y|n|[\d_.:]+(e[-+]?\d+)?|0[xob].*|\d{4}-.*)$/i;
