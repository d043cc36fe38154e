/** The reference page of environment variables, from the program's table. */
import { variables } from "../../src/cli/environment.ts";
import { idleVariables } from "../../src/cli/idle-environment.ts";

const note = "<!-- Generated from src/cli by `make gen`; not edited by hand. -->\n";
const opening = "Variables that the program reads; an empty one is as if it were not set.\n";
const idle =
  "Variables of Ambassador and Emissary that have no effect; `dragoman run` says so once for each that is set.\n";

/** The page's text. */
export function environmentPage(): string {
  const read = variables.map(({ name, unset, effect }) => `| \`${name}\` | ${unset} | ${effect} |`);
  const others = idleVariables.map(({ name, because }) => `| \`${name}\` | ${because} |`);
  return [
    note,
    "# Environment variables\n",
    opening,
    "| variable | when not set | effect |\n| --- | --- | --- |",
    ...read,
    "\n## Without effect\n",
    idle,
    "| variable | why |\n| --- | --- |",
    ...others,
    "",
  ].join("\n");
}
