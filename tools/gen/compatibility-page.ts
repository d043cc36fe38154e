/** The reference page of differences from the system that a configuration was written for, from their table. */
import { type Deviation, deviations, generations } from "../../src/base/deviations.ts";
import { type DiagnosticCode, diagnosticCodes } from "../../src/base/diagnostic-codes.ts";

const head = `<!-- Generated from src/base/deviations.ts by \`make gen\`; not edited by hand. -->
# What differs from the system you come from

\`dragoman lint --against 2.x manifests/\` lists where these manifests behave differently from what they did under that generation, object by object, and what traffic sees of it.
A difference that traffic does not see has no line about traffic.

An x says which generations a diagnostic is about; 0.x counts as 1.x.

| code | ${generations.join(" | ")} | difference |
| --- | ${generations.map(() => "---").join(" | ")} | --- |
`;

const tail = `
## Always

No diagnostic tells of these, because they hold for every configuration.

- One bad object never stops another: the last good version of it goes on, and everything else is served as written.
- A Kubernetes Service is reached at its ready endpoints, without its cluster address in between, whatever the resolver; \`AMBASSADOR_DISABLE_ENDPOINTS\` goes back to the cluster address.
- Clusters and route tables inside Envoy have other names; \`alt_stat_name\` and the listeners' \`stat_prefix\` keep those that dashboards know.
- Certificates and keys reach Envoy over SDS, not as files.
- Without any Listener, a host name that no Host is for gets 404; 1.x sent it to the first Host.
- Redirects of \`host_redirect\` are not authenticated, as since 2.x; 1.x asked the AuthService first.
- The self-signed certificate for an instance without Hosts is used only with \`DRAGOMAN_FALLBACK_CERT=true\`.
`;

/** The page's text. */
export function compatibilityPage(): string {
  const codes = (Object.keys(deviations) as DiagnosticCode[]).sort();
  const rows = codes.flatMap((code) => {
    const deviation = deviations[code];
    return deviation ? [row(code, deviation)] : [];
  });
  return `${head}${rows.join("\n")}\n${tail}`;
}

function row(code: DiagnosticCode, { from, was }: Deviation): string {
  const marks = generations.map((generation) => (from.includes(generation) ? "x" : ""));
  const text = [diagnosticCodes[code].explain, ...(was === undefined ? [] : [was])].join(" ");
  return `| \`${code}\` | ${marks.join(" | ")} | ${text} |`;
}
