/**
 * What commands write: results on standard output, everything else on standard error.
 * A reader that goes away (`dragoman compile … | head`) ends the program quietly.
 */

/** Writes to standard output. */
export function write(text: string): void {
  process.stdout.write(text);
}

/** Writes to standard error. */
export function writeError(text: string): void {
  process.stderr.write(text);
}

/** Whether a stream is a terminal that may be painted (https://no-color.org). */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
