/**
 * A reporter for `node --test` that prints failures in full and of the rest only the closing summary.
 * The summary has the words of Node's own reporter, because CI reads them, and ends with the failures' names: of a long
 * run often only the end is kept.
 */
import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

/** The async generator that `--test-reporter` expects. */
export default async function* quietReporter(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const failed: string[] = [];
  for await (const event of source) {
    if (event.type === "test:fail") {
      for (const text of failure(event.data)) {
        failed.push(headline(text));
        yield text;
      }
    } else if (event.type === "test:stderr" || event.type === "test:stdout") yield event.data.message;
    else if (event.type === "test:diagnostic" && event.data.nesting === 0) yield `ℹ ${event.data.message}\n`;
  }
  yield* failed;
}

function* failure(data: Extract<TestEvent, { type: "test:fail" }>["data"]): Generator<string> {
  const error: unknown = data.details.error.cause ?? data.details.error;
  // A parent only repeats that a child failed.
  if (typeof error === "string" && /^\d+ subtests? failed$/.test(error)) return;
  const place = data.file ? `${relative(process.cwd(), data.file)}:${data.line ?? 0}` : "";
  yield `✖ ${data.name}  ${place}\n${indent(error instanceof Error ? ownFrames(error) : inspect(error))}\n`;
}

/** Where it is, what it is and the first line of why. */
function headline(text: string): string {
  return `${text.split("\n", 2).join("\n")}\n`;
}

function ownFrames(error: Error): string {
  const lines = (error.stack ?? error.message).split("\n");
  return lines.filter((line) => !/^ +at .*\(?node:/.test(line)).join("\n");
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
