/** An explanation as text: the way of the request from the socket to the upstream, then the routes that lost. */
import { printable } from "#base/printable.ts";
import type { Effect, Explanation, Loser, Outcome, Upstream, Word } from "#compiler";
import { formatPlace, type Placed } from "./place.ts";

/** How to print it. */
export interface WhyTextOptions {
  readonly colors: boolean;
  /** Also routes whose path does not match. */
  readonly all: boolean;
}

/** The text, with a final newline. */
export function renderWhy(request: string, answer: Placed<Explanation>, { colors, all }: WhyTextOptions): string {
  const bold = (text: string): string => (colors ? `\u001b[1m${text}\u001b[0m` : text);
  const lines = [
    bold(printable(request)),
    ...wayLines(answer),
    ...answer.outcomes.flatMap((outcome) => outcomeLines(outcome, bold)),
    ...loserLines(answer.losers, all),
  ];
  return `${lines.join("\n")}\n`;
}

function wayLines({ listener, chain, domain, seen }: Placed<Explanation>): readonly string[] {
  const lines: string[] = [];
  if (listener) {
    const real = listener.real === listener.port ? "" : ` (here ${listener.real})`;
    lines.push(`  listener  ${listener.address}:${listener.port}${real}  ${formatPlace(listener.at)}`);
  }
  if (chain?.tls) lines.push(`  TLS       ${namesOf(chain.serverNames)}  ${formatPlace(chain.at)}`);
  if (domain) lines.push(`  host      ${domain.name}  ${formatPlace(domain.at)}`);
  if (seen) lines.push(`  path      ${printable(seen.path)}  (x-forwarded-proto: ${printable(seen.proto)})`);
  return lines;
}

function namesOf(serverNames: readonly string[]): string {
  if (serverNames.length === 0) return "any name";
  const more = serverNames.length > 3 ? ` and ${serverNames.length - 3} more` : "";
  return serverNames.slice(0, 3).join(", ") + more;
}

function outcomeLines(
  { percent, at, before = [], does }: Placed<Outcome>,
  bold: (text: string) => string,
): readonly string[] {
  const share = percent === 100 ? "" : `${Math.round(percent * 100) / 100} % of such requests: `;
  const who = at ? formatPlace(at) : "nobody";
  const lines = [...before.map(wordLine), ...effectLines(does)];
  return ["", `${share}${bold(who)}`, ...lines.map((line) => `  ${line}`)];
}

function wordLine({ policy, says, at }: Placed<Word>): string {
  return `first ${policy} ${printable(says)}${at ? `  ${formatPlace(at)}` : ""}`;
}

function effectLines(does: Placed<Effect>): readonly string[] {
  switch (does.kind) {
    case "close":
      return [`the connection is closed: ${does.because}`];
    case "respond":
      return [`answers ${does.status}: ${does.because}`];
    case "redirect":
      return [`redirects with ${does.status} to ${printable(does.location)}${does.because ? `: ${does.because}` : ""}`];
    case "tcp":
      return upstreamLines(does.upstream);
    case "forward":
      return [
        `sends ${printable(does.path)} with Host ${printable(does.host ?? "of the address")}`,
        ...upstreamLines(does.upstream),
        ...(does.mirror ? [`and copies of ${does.mirror.percent} %`, ...upstreamLines(does.mirror.upstream)] : []),
      ];
  }
}

function upstreamLines({ cluster, target, addresses }: Placed<Upstream>): readonly string[] {
  const shown = addresses.slice(0, 5).join(", ") + (addresses.length > 5 ? ` and ${addresses.length - 5} more` : "");
  return [`to ${whereTo(target, shown)}`, `cluster ${cluster}`];
}

function whereTo(target: string, addresses: string): string {
  if (target === "an address") return addresses;
  if (target.startsWith("the DNS name")) return target;
  return `${target}: ${addresses || "no address is ready, so 503"}`;
}

const mostNear = 20;

function loserLines(losers: readonly Placed<Loser>[], all: boolean): readonly string[] {
  const near = losers.filter((loser) => loser.near);
  const shown = all ? losers : near.slice(0, mostNear);
  const lines = shown.map(({ at, because }) => `  ${formatPlace(at)}: ${printable(because)}`);
  const far = losers.length - near.length;
  if (!all && near.length > shown.length) lines.push(`  and ${near.length - shown.length} more whose path matches`);
  if (!all && far > 0) lines.push(`  ${far} more of this host, whose path does not match (--all lists them)`);
  return lines.length === 0 ? [] : ["", "not taken:", ...lines];
}
