/**
 * Compares what was seen with what was expected, and says every difference in one line each.
 */
import type { Seen } from "./exchange.ts";
import type { Receipt } from "./receipt.ts";
import type { Expectation, Pattern, UpstreamExpectation } from "./request-spec.ts";

/** The differences; none means that the probe passed. `receipts` are all requests that upstreams received for it. */
export function judge(expect: Expectation, seen: readonly Seen[], receipts: readonly Receipt[]): string[] {
  const differences = [...new Set(seen.flatMap((one) => judgeOne(expect, one)))];
  if (expect.upstream === null && receipts.length > 0)
    differences.push(`upstream ${receipts[0]?.upstream} was reached`);
  if (expect.upstream) differences.push(...judgeReceipts(expect.upstream, receipts));
  const attempts = expect.attempts ?? (expect.upstream && seen.length === 1 ? 1 : undefined);
  if (attempts !== undefined && receipts.length !== attempts) {
    differences.push(`upstreams received ${receipts.length} requests instead of ${attempts}`);
  }
  if (expect.upstreams !== undefined) {
    const names = new Set(receipts.map(({ upstream }) => upstream));
    if (names.size !== expect.upstreams) {
      differences.push(`${names.size} upstreams were reached instead of ${expect.upstreams}: ${[...names].join(", ")}`);
    }
  }
  if (expect.received) differences.push(...judgeReceived(expect.received, receipts));
  if (expect.distribution) differences.push(...judgeDistribution(expect.distribution, receipts));
  return differences;
}

function judgeOne(expect: Expectation, seen: Seen): string[] {
  if (seen.error !== undefined && expect.error === undefined) return [`the request failed: ${seen.error}`];
  return [
    ...different("error", expect.error, seen.error),
    ...different("status", expect.status, seen.status),
    ...different("HTTP version", expect.http, seen.http),
    ...different("body", expect.body, seen.body),
    ...differentHeaders("header", expect.headers, seen.headers),
    ...different("TLS version", expect.tls?.version, seen.tls?.version),
    ...different("ALPN", expect.tls?.alpn, seen.tls?.alpn),
    ...different("certificate", expect.certificate?.dnsNames.join(", "), seen.certificate?.dnsNames.join(", ")),
  ];
}

function judgeReceived(
  expected: Readonly<Record<string, UpstreamExpectation>>,
  receipts: readonly Receipt[],
): string[] {
  const once = Object.fromEntries(Object.keys(expected).map((name) => [name, 1]));
  const seen = receipts.flatMap((receipt) => judgeReceipt(expected[receipt.upstream] ?? {}, receipt));
  return [...judgeDistribution(once, receipts), ...seen];
}

function judgeReceipts(expect: UpstreamExpectation, receipts: readonly Receipt[]): string[] {
  if (receipts.length === 0) return ["no upstream was reached"];
  return [...new Set(receipts.flatMap((receipt) => judgeReceipt(expect, receipt)))];
}

function judgeReceipt(expect: UpstreamExpectation, receipt: Receipt): string[] {
  const tls = expect.tls === null ? different("upstream TLS", null, receipt.tls && "used") : [];
  const proxy =
    expect.proxyProtocol === null ? different("upstream PROXY header", null, receipt.proxyProtocol && "sent") : [];
  return [
    ...different("upstream", expect.name, receipt.upstream),
    ...different("upstream method", expect.method, receipt.method),
    ...different("upstream path", expect.path, receipt.path),
    ...different("upstream HTTP version", expect.http, receipt.http),
    ...different("upstream body", expect.body, receipt.body),
    ...differentHeaders("upstream header", expect.headers, receipt.headers),
    ...tls,
    ...(["sni", "alpn", "version", "clientCertificate"] as const).flatMap((key) =>
      different(`upstream TLS ${key}`, expect.tls?.[key], receipt.tls?.[key]),
    ),
    ...proxy,
    ...different("upstream PROXY version", expect.proxyProtocol?.version, receipt.proxyProtocol?.version),
    ...different("upstream PROXY source", expect.proxyProtocol?.source, receipt.proxyProtocol?.source),
  ];
}

function differentHeaders(
  what: string,
  expected: Readonly<Record<string, Pattern>> | undefined,
  seen: readonly (readonly [string, string])[],
): string[] {
  return Object.entries(expected ?? {}).flatMap(([name, pattern]) => {
    // A name written with a capital letter is compared as it is spelled: some cases are about spelling.
    const exact = /[A-Z]/.test(name);
    const values = seen.filter(([other]) => (exact ? other : other.toLowerCase()) === name).map(([, value]) => value);
    return different(`${what} ${name}`, pattern, values.length === 0 ? undefined : values.join(", "));
  });
}

function different(what: string, expected: Pattern | undefined, seen: string | number | null | undefined): string[] {
  if (expected === undefined || matches(expected, seen)) return [];
  return [`${what} is ${show(seen)} instead of ${show(expected)}`];
}

function matches(expected: Pattern, seen: string | number | null | undefined): boolean {
  if (expected === null) return seen === undefined || seen === null || seen === "";
  if (seen === undefined || seen === null) return false;
  const regex = typeof expected === "string" ? /^\/(.+)\/(i?)$/s.exec(expected) : null;
  if (regex) return new RegExp(regex[1] ?? "", regex[2]).test(String(seen));
  return String(expected).trimEnd() === String(seen).trimEnd();
}

function judgeDistribution(
  expected: Readonly<Record<string, string | number>>,
  receipts: readonly Receipt[],
): string[] {
  const counts = new Map<string, number>();
  for (const { upstream } of receipts) counts.set(upstream, (counts.get(upstream) ?? 0) + 1);
  const names = new Set([...Object.keys(expected), ...counts.keys()]);
  return [...names].flatMap((name) => {
    const count = counts.get(name) ?? 0;
    const [least = 0, most = least] = String(expected[name] ?? 0)
      .split("..")
      .map(Number);
    if (count >= least && count <= most) return [];
    return [`upstream ${name} received ${count} requests instead of ${expected[name] ?? 0}`];
  });
}

function show(value: unknown): string {
  return value === undefined || value === null ? "absent" : JSON.stringify(value);
}
