/**
 * LOWER of the Module `tls`, and of the key `tls` of the Module `ambassador`, which takes its place: each block becomes
 * a TLSContext that nobody wrote. `server` and `client` are one, for all names; any other block is
 * for connections to services.
 */
import { type Diagnostic, diagnose, hasError } from "#base/diagnostic.ts";
import { child, type Origin, refKey } from "#base/origin.ts";
import { admit, type RawObject, type TLSContext } from "../../api/index.ts";
import type { Collection, Derived, Reads } from "../../graph/graph.ts";
import type { Settings } from "../../settings.ts";
import { moved } from "./moved.ts";
import { type ContextDecl, lowerTlsContext } from "./tls.ts";
import type { TlsLookup } from "./tls-material.ts";

/** The blocks of a Module, and where they stand. */
export interface TlsBlocks {
  readonly blocks: Readonly<Record<string, unknown>>;
  readonly at: Origin;
}

/** What the blocks are lowered against. */
export interface TlsModuleLookup extends TlsLookup {
  readonly settings: Collection<Settings>;
  /** TLSContexts that somebody wrote: they come before blocks of their name. */
  readonly written: Collection<unknown>;
  /** With Hosts or Listeners, only Hosts end TLS: key "". */
  readonly anyHost: Collection<unknown>;
  readonly anyListener: Collection<unknown>;
}

type Block = Readonly<Record<string, unknown>>;

/** A TLSContext in the making: its fields, and where each comes from. */
interface Draft {
  readonly name: string;
  readonly spec: Block;
  readonly at: Origin;
  readonly whence: Readonly<Record<string, Origin>>;
}

/** Lowers the blocks. */
export function lowerTlsModule(lookup: TlsModuleLookup): (blocks: TlsBlocks, reads: Reads) => Derived<ContextDecl> {
  const lower = lowerTlsContext(lookup);
  return ({ blocks, at }, reads) => {
    const settings = reads.get(lookup.settings, "");
    if (!settings) return { out: [] };
    const idle = reads.has(lookup.anyHost, "") || reads.has(lookup.anyListener, "");
    const { drafts, diagnostics } = draft(blocks, at, idle);
    const results = drafts.map((one) => lowerDraft(lower, one, lookup, settings, reads));
    return {
      out: results.flatMap(({ out }) => [...out]),
      diagnostics: [deprecated(at), ...diagnostics, ...results.flatMap((one) => one.diagnostics ?? [])],
    };
  };
}

function draft(
  blocks: Block,
  at: Origin,
  idle: boolean,
): { readonly drafts: readonly Draft[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics = Object.keys(blocks).flatMap((name) =>
    isBlock(blocks[name]) ? [] : [notABlock(child(at, name))],
  );
  const { server, client, ...others } = Object.fromEntries(
    Object.entries(blocks).filter((entry): entry is [string, Block] => isBlock(entry[1])),
  );
  const drafts = Object.entries(others).flatMap(([name, spec]): readonly Draft[] =>
    isOn(spec) ? [{ name, spec: without(spec, "enabled"), at: child(at, name), whence: {} }] : [],
  );
  if (server && isOn(server)) {
    if (idle) diagnostics.push(terminatesNothing(child(at, "server")));
    const asked = client && isOn(client) ? client : undefined;
    if (asked && namesNoAuthority(asked)) diagnostics.push(usualAuthority(child(at, "client")));
    drafts.push(serverDraft(server, asked, at, idle));
  } else if (client && isOn(client)) diagnostics.push(clientAlone(child(at, "client")));
  return { drafts, diagnostics };
}

function serverDraft(server: Block, client: Block | undefined, at: Origin, idle: boolean): Draft {
  const own = without(server, "enabled");
  const certificate = own["secret"] === undefined && own["cert_chain_file"] === undefined;
  const { secret, ...ofClient } = without(client ?? {}, "enabled");
  const authority = secret ?? (client && namesNoAuthority(client) ? "ambassador-cacert" : undefined);
  const asked = client ? { ...ofClient, ...(authority === undefined ? {} : { ca_secret: authority }) } : {};
  const from = child(at, "client");
  return {
    name: "server",
    spec: {
      ...(idle ? {} : { hosts: ["*"] }),
      ...(certificate ? { secret: "ambassador-certs" } : {}),
      ...own,
      ...asked,
    },
    at: child(at, "server"),
    whence: Object.fromEntries(
      Object.keys(asked).map((key) => [key, child(from, key === "ca_secret" ? "secret" : key)] as const),
    ),
  };
}

function lowerDraft(
  lower: (context: TLSContext, reads: Reads) => Derived<ContextDecl>,
  { name, spec, at, whence }: Draft,
  lookup: TlsModuleLookup,
  settings: Settings,
  reads: Reads,
): Derived<ContextDecl> {
  const ref = { group: "getambassador.io", kind: "TLSContext", namespace: at.ref.namespace, name };
  if (reads.has(lookup.written, refKey(ref))) return { out: [], diagnostics: [hidden(at, name)] };
  const raw: RawObject = { ref, version: "v2", labels: {}, annotations: {}, body: { spec } };
  const { value, diagnostics } = admit(raw, { ...settings, ambassadorId: "default", expandEnv: {}, envNames: [] });
  const move = (one: Diagnostic): Diagnostic => moved(one, placeOf(one.at, ref, at, whence));
  if (value?.kind !== "TLSContext" || hasError(diagnostics))
    return { out: [], diagnostics: diagnostics.map(move).map(costsTheBlock) };
  const lowered = lower(value, reads);
  return {
    out: [...lowered.out].map(([key, context]) => [key, { ...context, at }] as const),
    diagnostics: [...diagnostics, ...(lowered.diagnostics ?? [])].map(move),
  };
}

/** Where the user wrote what the context is told about; Secrets speak for themselves. */
function placeOf(of: Origin, ref: Origin["ref"], at: Origin, whence: Draft["whence"]): Origin {
  if (of.ref !== ref) return of;
  const [, field = "", rest = ""] = /^\.spec\.?(\w*)(.*)$/.exec(of.path) ?? [];
  const known = whence[field];
  if (known) return { ref: known.ref, path: known.path + rest };
  return { ref: at.ref, path: at.path + of.path.replace(/^\.spec/, "") };
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOn({ enabled = true }: Block): boolean {
  return enabled !== false && String(enabled).toLowerCase() !== "false";
}

function namesNoAuthority(client: Block): boolean {
  return client["secret"] === undefined && client["cacert_chain_file"] === undefined;
}

function without(block: Block, key: string): Block {
  return Object.fromEntries(Object.entries(block).filter(([name]) => name !== key));
}

function costsTheBlock(one: Diagnostic): Diagnostic {
  return one.severity === "error" ? { ...one, traffic: "the whole block has no effect" } : one;
}

const noTls = "TLS is not ended by it";

function deprecated(at: Origin): Diagnostic {
  return diagnose("module/deprecated-tls", at, "TLS settings in a Module are deprecated", {
    hint: "write a Host with tlsSecret for connections from clients, and a TLSContext for those to services",
  });
}

function notABlock(at: Origin): Diagnostic {
  const hint = "write the settings of one TLSContext below it";
  return diagnose("module/invalid-value", at, "it is not a block of settings", { traffic: "it has no effect", hint });
}

function terminatesNothing(at: Origin): Diagnostic {
  return diagnose("module/tls-ends-nothing", at, "beside Hosts or Listeners, only Hosts end TLS", {
    traffic: `${noTls}; Hosts and Mappings may refer to it as TLSContext "server"`,
    hint: "create a Host with tlsSecret",
  });
}

function clientAlone(at: Origin): Diagnostic {
  return diagnose("module/tls-ends-nothing", at, "client does nothing without a server block that is on", {
    traffic: noTls,
    hint: "add server: { enabled: true }",
  });
}

function usualAuthority(at: Origin): Diagnostic {
  return diagnose("compat/usual-authority", at, "it names no authority, so that of Secret ambassador-cacert counts", {
    traffic:
      "clients' certificates are checked against it; the old system took that Secret for the server's certificate instead",
    hint: "name the authority's Secret in secret",
  });
}

function hidden(at: Origin, name: string): Diagnostic {
  return diagnose("module/tls-hidden", at, `there is a TLSContext "${name}", which takes the block's place`, {
    traffic: "the block has no effect",
  });
}
