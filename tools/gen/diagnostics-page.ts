/**
 * The reference page of diagnostics, from the table of codes.
 */
import { type DiagnosticCode, diagnosticCodes } from "../../src/base/diagnostic-codes.ts";

const head = `<!-- Generated from src/base/diagnostic-codes.ts by \`make gen\`; not edited by hand. -->
# Diagnostics

A diagnostic names the object and the field that it is about, what is wrong, what requests see because of it, and what to do.

- **error**: something that was asked for is not done. \`dragoman lint\` exits 1.
- **warning**: it is done, but is probably not what was meant.
- **notice**: worth knowing.

| code | severity | meaning |
| --- | --- | --- |
`;

/** The page's text. */
export function diagnosticsPage(): string {
  const codes = (Object.keys(diagnosticCodes) as DiagnosticCode[]).sort();
  const rows = codes.map(
    (code) => `| \`${code}\` | ${diagnosticCodes[code].severity} | ${diagnosticCodes[code].explain} |`,
  );
  return `${head}${rows.join("\n")}\n`;
}
