/** Label selectors as Kubernetes writes them in one line: `app=shop,tier!=test,env in (a,b),!legacy`. */

/** What one label must be. `exists` and `absent` ask for the name alone. */
export type LabelRequirement =
  | { readonly kind: "in" | "notIn"; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: "exists" | "absent"; readonly name: string };

const name = "(?:[A-Za-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?";
const value = "(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?";
const equality = new RegExp(`^(${name})\\s*(==?|!=)\\s*(${value})$`);
const membership = new RegExp(`^(${name})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const presence = new RegExp(`^(!?)\\s*(${name})$`);
const oneValue = new RegExp(`^${value}$`);

/** Reads a selector; undefined: it is none. */
export function parseLabelSelector(text: string): readonly LabelRequirement[] | undefined {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  if (parts.length === 1 && parts[0] === "") return [];
  const requirements = parts.flatMap((part) => parseRequirement(part) ?? []);
  return requirements.length === parts.length ? requirements : undefined;
}

function parseRequirement(text: string): LabelRequirement | undefined {
  const equal = equality.exec(text);
  if (equal) return { kind: equal[2] === "!=" ? "notIn" : "in", name: equal[1] ?? "", values: [equal[3] ?? ""] };
  const member = membership.exec(text);
  if (member) {
    const values = (member[3] ?? "").split(",").map((one) => one.trim());
    if (!values.every((one) => oneValue.test(one))) return undefined;
    return { kind: member[2] === "in" ? "in" : "notIn", name: member[1] ?? "", values };
  }
  const present = presence.exec(text);
  return present ? { kind: present[1] === "!" ? "absent" : "exists", name: present[2] ?? "" } : undefined;
}

/** Whether labels meet all requirements; what is not there is not in any list. */
export function meetsLabels(
  requirements: readonly LabelRequirement[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return requirements.every((one) => meets(one, Object.hasOwn(labels, one.name) ? labels[one.name] : undefined));
}

function meets(one: LabelRequirement, given: string | undefined): boolean {
  switch (one.kind) {
    case "in":
      return given !== undefined && one.values.includes(given);
    case "notIn":
      return given === undefined || !one.values.includes(given);
    case "exists":
      return given !== undefined;
    case "absent":
      return given === undefined;
  }
}
