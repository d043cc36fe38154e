/** The failure of a command that cannot do what it was asked to: one sentence for a person, and exit status 2. */

/** Thrown by commands; the message is one sentence. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}

/** Exit statuses, the same for every command. */
export const exitStatus = { fine: 0, found: 1, cannotRun: 2 } as const;
