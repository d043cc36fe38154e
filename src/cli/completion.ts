/** `dragoman completion`: commands and options for the three usual shells, from the same table as the help. */
import { Argument, Command } from "commander";
import type { CommandEntry } from "./command-entry.ts";
import { write } from "./output.ts";

/** A command as shells complete it. */
interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly flag: string; readonly description: string; readonly takes: boolean }[];
}

/** The command, which completes all of these. */
export function completionCommand(commands: readonly CommandEntry[]): Command {
  return new Command()
    .addArgument(new Argument("<shell>", "which shell").choices(["bash", "zsh", "fish"]))
    .description("Prints a script that makes a shell complete commands and options.")
    .addHelpText(
      "after",
      `
Examples:
  source <(dragoman completion bash)
  dragoman completion zsh > "\${fpath[1]}/_dragoman"
  dragoman completion fish > ~/.config/fish/completions/dragoman.fish`,
    )
    .action(async (shell: "bash" | "zsh" | "fish") => write({ bash, zsh, fish }[shell](await completed(commands))));
}

async function completed(commands: readonly CommandEntry[]): Promise<readonly Completed[]> {
  const shown = commands.filter(({ hidden }) => !hidden);
  return Promise.all(
    shown.map(async ({ name, summary, load }) => {
      const { options } = await load();
      const described = options.map(({ long, description, required }) => {
        return { flag: long ?? "", description, takes: required };
      });
      return { name, summary, options: [...described, { flag: "--help", description: "help", takes: false }] };
    }),
  );
}

function bash(all: readonly Completed[]): string {
  const cases = all.map(({ name, options }) => `    ${name}) words="${options.map(({ flag }) => flag).join(" ")}" ;;`);
  return `_dragoman() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${all.map(({ name }) => name).join(" ")}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _dragoman dragoman
`;
}

function zsh(all: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const names = all.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = all.map(({ name, options }) => {
    const flags = options.map(({ description, flag, takes }) => {
      const text = description.replaceAll(/[[\]:\\]/g, " ");
      return quoted(`*${flag}[${text}]${takes ? ":value:_files" : ""}`);
    });
    return `    ${name}) _arguments -S ${flags.join(" ")} '*:file:_files' ;;`;
  });
  return `#compdef dragoman
_dragoman() {
  local -a names
  names=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command names
    return
  fi
  local name="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$name" in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_dragoman" ]; then _dragoman "$@"; else compdef _dragoman dragoman; fi
`;
}

function fish(all: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = all.flatMap(({ name, summary, options }) => [
    `complete -c dragoman -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...options.map(({ description, flag, takes }) => {
      const value = takes ? " -r" : "";
      return `complete -c dragoman -n '__fish_seen_subcommand_from ${name}' -l ${flag.slice(2)}${value} -d ${quoted(description)}`;
    }),
  ]);
  return `${lines.join("\n")}\n`;
}
