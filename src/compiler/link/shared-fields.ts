/**
 * LINK of shared fields: what one of several routes for the same requests asks for, all of them get. Headers to add are
 * taken together by name; of everything else, the last one's word counts, as it always did.
 */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { equal } from "#base/equal.ts";
import { child, formatRef } from "#base/origin.ts";
import type { HeaderEdits, HeaderValue } from "../ir/headers.ts";
import type { RouteDecl, SharedFields } from "../ir/route.ts";

type FieldName = keyof SharedFields;

/** The routes with what any of them asks for all, and what is told to those whose word does not count. */
export function shareFields(rivals: readonly RouteDecl[]): {
  readonly shared: readonly RouteDecl[];
  readonly diagnostics: readonly Diagnostic[];
} {
  if (rivals.length === 1 || !rivals.some((decl) => decl.shared)) return { shared: rivals, diagnostics: [] };
  const {
    add_request_headers: _,
    add_response_headers: __,
    ...last
  } = Object.assign({}, ...rivals.map((decl) => decl.shared)) as SharedFields;
  const all: SharedFields = {
    ...last,
    add_request_headers: byName(rivals.flatMap((decl) => decl.shared?.add_request_headers ?? [])),
    add_response_headers: byName(rivals.flatMap((decl) => decl.shared?.add_response_headers ?? [])),
  };
  return {
    shared: rivals.map((decl) => withFields(decl, all)),
    diagnostics: rivals.flatMap((decl, i) => overruled(decl, rivals.slice(i + 1))),
  };
}

function withFields(decl: RouteDecl, all: SharedFields): RouteDecl {
  const { action } = decl;
  const { retry_policy: retry, allow_upgrade: upgrades, priority } = all;
  const settings = {
    ...(retry ? { retry } : {}),
    ...(upgrades ? { upgrades } : {}),
    ...(priority ? { priority } : {}),
  };
  return {
    ...decl,
    headers: withHeaders(decl.headers, all),
    action: action.kind === "forward" ? { ...action, ...settings } : action,
  };
}

function withHeaders(own: HeaderEdits, all: SharedFields): HeaderEdits {
  return {
    addRequest: byName([...own.addRequest, ...(all.add_request_headers ?? [])]),
    removeRequest: all.remove_request_headers ?? own.removeRequest,
    addResponse: byName([...own.addResponse, ...(all.add_response_headers ?? [])]),
    removeResponse: all.remove_response_headers ?? own.removeResponse,
  };
}

function byName(headers: readonly HeaderValue[]): readonly HeaderValue[] {
  return [...new Map(headers.map((header) => [header.name, header])).values()];
}

function overruled(decl: RouteDecl, later: readonly RouteDecl[]): readonly Diagnostic[] {
  const fields = Object.keys(decl.shared ?? {}) as FieldName[];
  return fields.flatMap((field) => {
    const winner = later.findLast((other) => differs(field, decl, other));
    if (!winner) return [];
    const name = formatRef(winner.origin.ref);
    const message = `asks for another ${field} than ${name} does for the same requests`;
    const traffic = `what ${name} asks for holds for all of these requests`;
    const hint = `give both the same ${field}, or let only one of them have it`;
    const related = [{ at: winner.origin, message: "its word counts" }];
    return [diagnose("mapping/shared-policy", child(decl.origin, "spec", field), message, { traffic, hint, related })];
  });
}

/** Added headers only get in each other's way under one name. */
function differs(field: FieldName, decl: RouteDecl, other: RouteDecl): boolean {
  const [mine, theirs] = [decl.shared?.[field], other.shared?.[field]];
  if (theirs === undefined) return false;
  if (field !== "add_request_headers" && field !== "add_response_headers") return !equal(mine, theirs);
  const named = new Map((theirs as readonly HeaderValue[]).map((header) => [header.name, header]));
  return (mine as readonly HeaderValue[]).some((header) => {
    const rival = named.get(header.name);
    return rival !== undefined && !equal(header, rival);
  });
}
