/**
 * Kinds → reference pages in Markdown. One sentence per line; tables have one row per field.
 */
import { moduleConfigSchema } from "./ambassador/module-config.ts";
import type { Kind } from "./kind.ts";
import { ambassadorGroup, ambassadorKinds } from "./kinds.ts";
import { flowYaml } from "./schema/flow-yaml.ts";
import { type Row, rowsOf } from "./schema/rows.ts";

/** A page and its file name. */
export interface Page {
  readonly name: string;
  readonly text: string;
}

/** The page of every kind, and the page that lists them. */
export function referencePages(): readonly Page[] {
  const kinds = ambassadorKinds as readonly unknown[] as readonly Kind[];
  return [index(kinds), ...kinds.map((kind) => ({ name: fileName(kind), text: page(kind) }))];
}

function fileName(kind: Kind): string {
  const dashed = kind.kind.replaceAll(/([a-z])([A-Z])|([A-Z]{2,})([A-Z][a-z])/g, "$1$3-$2$4");
  return `${dashed.toLowerCase()}.md`;
}

function index(kinds: readonly Kind[]): Page {
  const lines = kinds.map(
    (kind) => `| [${kind.kind}](${fileName(kind)}) | ${kind.versions.join(", ")} | ${kind.doc} |`,
  );
  const text = [
    "# Kinds",
    "",
    `The kinds of the group \`${ambassadorGroup}\`.`,
    "",
    "| Kind | Versions | What it is |",
    "| --- | --- | --- |",
    ...lines,
  ];
  return { name: "README.md", text: `${text.join("\n")}\n` };
}

function page(kind: Kind): string {
  const lines = [
    `# ${kind.kind}`,
    "",
    kind.doc,
    `Versions: ${kind.versions.map((version) => `\`${version}\``).join(", ")}.`,
    "`v0` exists in annotations only.",
    ...(kind.notYet === undefined ? [] : [`This kind is not supported yet: ${kind.notYet}.`]),
    "",
    ...small(kind),
    ...table(rowsOf(kind.schema, kind.versions)),
    ...(kind.kind === "Module"
      ? ["", "## config of the Module `ambassador`", "", ...table(rowsOf(moduleConfigSchema, kind.versions))]
      : []),
  ];
  const used = kind.versions.includes("v0") ? lines : lines.filter((line) => !line.startsWith("`v0`"));
  return `${used.join("\n")}\n`;
}

/** A manifest with the least that there can be. */
function small({ kind, example }: Kind): readonly string[] {
  if (example === undefined) return [];
  const settings = Object.entries(example).map(([name, value]) => `  ${name}: ${flowYaml(value)}`);
  return [
    "```yaml",
    `apiVersion: ${ambassadorGroup}/v3alpha1`,
    `kind: ${kind}`,
    `metadata: { name: ${kind === "Module" ? "ambassador" : "example"} }`,
    ...(settings.length === 0 ? ["spec: {}"] : ["spec:", ...settings]),
    "```",
    "",
  ];
}

function table(rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => [
    `\`${row.path}\`${row.required ? " (required)" : ""}`,
    row.type,
    row.default === "" ? "" : `\`${row.default}\``,
    row.versions.join(", "),
    row.old,
    [row.status === "" ? "" : `**${row.status}**`, row.doc].filter((text) => text !== "").join(" "),
    row.example === "" ? "" : `\`${row.example}\``,
  ]);
  const head = ["Field", "Type", "Default", "Versions", "Other spellings", "Meaning", "Example"];
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.map(escapeCell).join(" | ")} |`);
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
