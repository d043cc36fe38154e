/** What the table of commands holds of each: enough for the help, and the way to the rest. */
import type { Command } from "commander";

/** One command. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly hidden?: boolean;
  load(): Promise<Command>;
}
