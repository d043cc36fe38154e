/**
 * LOWER of the Module's `ip_allow` and `ip_deny`. An entry that cannot be read never lets anybody in whom the list was
 * meant to keep out: an `ip_allow` of nothing but such entries lets nobody in.
 */
import { type Checked, type Diagnostic, diagnose, fail, ok } from "#base/diagnostic.ts";
import { child, type Origin } from "#base/origin.ts";
import type { ModuleConfig } from "../../api/index.ts";
import { type AddressRange, parseRange } from "./range.ts";

/** Who may send requests: only those from one of the ranges, or only others. */
export interface AddressRules {
  readonly action: "allow" | "deny";
  readonly ranges: readonly ClientRange[];
}

/** A range of the connection's address (`peer`), or of the client's behind trusted proxies (`remote`). */
export interface ClientRange extends AddressRange {
  readonly of: "peer" | "remote";
}

/** What is asked for; of both lists `ip_allow` counts, being the safer. */
export function lowerIpAllow(config: ModuleConfig, at: Origin): Checked<AddressRules> {
  const { ip_allow: allow, ip_deny: deny } = config;
  const allowed = isGiven(allow) ? lowerList("allow", allow, child(at, "ip_allow")) : undefined;
  if (!allowed) return isGiven(deny) ? lowerList("deny", deny, child(at, "ip_deny")) : { diagnostics: [] };
  return isGiven(deny) ? { ...allowed, diagnostics: [...allowed.diagnostics, bothGiven(at)] } : allowed;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function lowerList(action: AddressRules["action"], given: unknown, at: Origin): Checked<AddressRules> {
  if (Array.isArray(given) && given.length === 0) return fail(emptyList(action, at));
  const entries = Array.isArray(given) ? given.map((entry, index) => lowerEntry(action, entry, child(at, index))) : [];
  const ranges = entries.flatMap(({ value }) => value ?? []);
  const diagnostics = [
    ...(Array.isArray(given) ? [] : [invalid(action, at, "is not a list")]),
    ...entries.flatMap((entry) => entry.diagnostics),
  ];
  if (ranges.length > 0) return ok({ action, ranges }, diagnostics);
  return action === "allow" ? ok({ action, ranges }, [...diagnostics, nobody(at)]) : { diagnostics };
}

function lowerEntry(action: AddressRules["action"], entry: unknown, at: Origin): Checked<ClientRange> {
  const fields = typeof entry === "object" && entry !== null ? Object.entries(entry) : [];
  const [name, text] = fields[0] ?? [];
  if (fields.length !== 1 || (name !== "peer" && name !== "remote")) {
    return fail(invalid(action, at, "needs exactly one of peer and remote"));
  }
  const range = typeof text === "string" ? parseRange(text) : undefined;
  if (range) return ok({ of: name, ...range });
  return fail(invalid(action, child(at, name), "is not an address or a range of addresses"));
}

function invalid(action: AddressRules["action"], at: Origin, problem: string): Diagnostic {
  const traffic =
    action === "allow"
      ? "requests from the addresses that it may mean get 403"
      : "requests from the addresses that it may mean are SERVED";
  const hint = `write for example "peer: 10.0.0.0/8", or "remote: 203.0.113.7" for clients behind a trusted proxy`;
  return diagnose("ip-allow/invalid-entry", at, `${at.path} ${problem}`, { traffic, hint });
}

function nobody(at: Origin): Diagnostic {
  return diagnose("compat/ip-allow-nobody", at, "ip_allow has no entry that can be used; the old system ignored it", {
    traffic: "all requests get 403",
  });
}

function emptyList(action: AddressRules["action"], at: Origin): Diagnostic {
  return diagnose("ip-allow/empty", at, `ip_${action} lists no address and has no effect`, {
    traffic: "requests from all addresses are served",
  });
}

function bothGiven(at: Origin): Diagnostic {
  return diagnose("ip-allow/two-lists", child(at, "ip_deny"), "there are both ip_allow and ip_deny", {
    traffic: "only ip_allow is used",
    hint: "remove one of them",
  });
}
