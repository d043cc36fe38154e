/**
 * Cuts a text at its YAML document separators, before anything is parsed, so that a syntax error costs one document.
 * The cut is exact: YAML allows `---` or `...` at the start of a line nowhere but between documents.
 */

/** One document of a text: what stands between separators, and where. */
export interface DocumentText {
  /** 1 for the first document that is not empty. */
  readonly number: number;
  readonly text: string;
  /** Offset of `text` in the whole text. */
  readonly start: number;
  /** Line of the whole text, from 1, on which `text` begins. */
  readonly line: number;
}

/** The documents of a text with `\n` line ends, without those that hold only blank lines and comments. */
export function* splitDocuments(text: string): Generator<DocumentText> {
  let number = 0;
  let open: OpenDocument = { start: 0, line: 1, opened: false, content: false, directive: false };
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const mark = separatorAt(text, at, end);
    if (mark === undefined) {
      readLine(open, text, at, end);
    } else if (mark.kind === "..." || !isPrologue(open)) {
      if (isWorthReading(open))
        yield { number: ++number, text: text.slice(open.start, at), start: open.start, line: open.line };
      const start = mark.kind === "..." ? mark.after : at;
      open = { start, line, opened: mark.kind === "---", content: false, directive: false };
      readLine(open, text, mark.after, end);
    } else {
      open.content = true;
    }
    at = end + 1;
  }
  if (isWorthReading(open))
    yield { number: ++number, text: text.slice(open.start), start: open.start, line: open.line };
}

interface OpenDocument {
  readonly start: number;
  readonly line: number;
  /** Begins with `---`: no directive can follow. */
  readonly opened: boolean;
  content: boolean;
  directive: boolean;
}

/** Directives (`%YAML 1.2`) belong to the document whose `---` follows them. */
function isPrologue(open: OpenDocument): boolean {
  return open.directive && !open.content;
}

function isWorthReading(open: OpenDocument): boolean {
  return open.content || open.directive;
}

function readLine(open: OpenDocument, text: string, from: number, end: number): void {
  if (open.content) return;
  let at = from;
  while (at < end && isBlank(text.charCodeAt(at))) at++;
  if (at === end || text[at] === "#") return;
  if (text[from] === "%" && !open.opened) open.directive = true;
  else open.content = true;
}

function separatorAt(text: string, at: number, end: number): { kind: "---" | "..."; after: number } | undefined {
  const from = text.charCodeAt(at) === byteOrderMark ? at + 1 : at;
  const kind = text.startsWith("---", from) ? "---" : text.startsWith("...", from) ? "..." : undefined;
  if (kind === undefined) return undefined;
  const after = from + 3;
  return after === end || isBlank(text.charCodeAt(after)) ? { kind, after } : undefined;
}

const byteOrderMark = 0xfeff;

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === byteOrderMark;
}
