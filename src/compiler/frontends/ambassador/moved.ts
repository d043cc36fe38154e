/** LOWER of objects that nobody wrote: what is said of them is said where the user wrote what they come from. */
import type { Diagnostic } from "#base/diagnostic.ts";
import type { Origin } from "#base/origin.ts";

/** The diagnostic at another place; a message that begins with the field names the new one. */
export function moved(diagnostic: Diagnostic, to: Origin): Diagnostic {
  const { path } = diagnostic.at;
  const named = path !== "" && diagnostic.message.startsWith(`${path}:`);
  const message = named ? to.path + diagnostic.message.slice(path.length) : diagnostic.message;
  return { ...diagnostic, at: to, message };
}
