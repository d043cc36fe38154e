/** The reference page of the command line: the help texts, as the program prints them. */
import { commands } from "../../src/cli/commands.ts";
import { createProgram } from "../../src/cli/index.ts";

const width = 100;
const page = await renderPage();

/** The page. */
export function cliPage(): string {
  return page;
}

async function renderPage(): Promise<string> {
  const shown = commands.filter(({ hidden }) => !hidden);
  const program = await createProgram(shown);
  const sections = shown.map(({ name }) => {
    const command = program.commands.find((one) => one.name() === name);
    let text = "";
    command?.configureOutput({ getOutHelpWidth: () => width, writeOut: (part) => (text += part) }).outputHelp();
    return `## ${name}\n\n\`\`\`\n${text.trim()}\n\`\`\`\n`;
  });
  const note = "<!-- Generated from src/cli by `make gen`; not edited by hand. -->\n";
  const opening = "What each command prints with `--help`.\n";
  return [note, "# Command line\n", opening, ...sections].join("\n");
}
