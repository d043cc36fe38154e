/**
 * Every diagnostic code with its severity and a one-line explanation.
 * The reference page is generated from this table, and a code without an entry does not type-check.
 * Codes are `feature/problem`; keep them sorted by feature.
 */

/** error: something asked for is not done. warning: done, but probably not what was meant. notice: worth knowing. */
export type Severity = "error" | "warning" | "notice";

interface CodeEntry {
  readonly severity: Severity;
  readonly explain: string;
}

function error(explain: string): CodeEntry {
  return { severity: "error", explain };
}

function warning(explain: string): CodeEntry {
  return { severity: "warning", explain };
}

function notice(explain: string): CodeEntry {
  return { severity: "notice", explain };
}

/** The table of all codes. */
export const diagnosticCodes = {
  // files
  "files/not-found": error("A path that was given to read does not exist; it is read as soon as it does."),
  "files/not-watched": warning("The operating system does not report changes of a directory; they are noticed late."),
  "files/outside": warning(
    "A symbolic link leads somewhere that is not read, such as out of the directory that was given.",
  ),
  "files/too-large": error("A file, or all files together, are larger than what is read; what was last read stays."),
  "files/unreadable": error("A file or directory could not be read; what was last read from it stays."),

  // internal
  "internal/bug": error("A step of the compiler failed on this object; its previous output is kept."),
  "internal/duplicate-key": error("Two objects produced the same internal key; the first one is used."),

  // manifest
  "manifest/bad-metadata": warning("A label, an annotation or the creation time is not of the form it must have."),
  "manifest/bad-name": error("The name or the namespace of an object is not a possible one."),
  "manifest/bad-number": error("A number cannot be read exactly."),
  "manifest/duplicate": error("The same object is defined in several places; only one of them can count."),
  "manifest/duplicate-key": warning("A field is given more than once in the same object; the last one counts."),
  "manifest/more": notice("A file has so many problems that not all of them are shown."),
  "manifest/no-kind": error("A document does not say what it is: apiVersion or kind is missing or malformed."),
  "manifest/no-name": error("An object has no name."),
  "manifest/not-an-object": error("A document is not an object with fields."),
  "manifest/not-utf8": error("A document holds bytes that are not text."),
  "manifest/syntax": error("A document is neither YAML nor JSON."),
  "manifest/too-deep": error("A document is nested too deeply."),
  "manifest/too-large": error("An object is larger than what any cluster would take."),
  "manifest/too-many": error("There are more objects than are read."),
} as const satisfies Readonly<Record<string, CodeEntry>>;

void error;
void warning;
void notice;

/** The name of a kind of problem. */
export type DiagnosticCode = keyof typeof diagnosticCodes;
