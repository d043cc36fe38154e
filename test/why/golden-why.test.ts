/** Every request of the golden cases is put to `why`: what the case says of the answer must be what it predicts. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { refKey } from "#base/origin.ts";
import {
  type ClientRequest,
  compile,
  defaultSettings,
  type Effect,
  explain,
  type Outcome,
  parseRequest,
} from "#compiler";
import { caseNames, readCase } from "../envoy/case-directory.ts";
import { fixedInputs } from "../envoy/golden.ts";
import { openMaterial } from "../envoy/material.ts";
import { fixedPorts, upstreamsIn } from "../envoy/placeholders.ts";
import { type Pattern, type Probe, parseProbes } from "../envoy/request-spec.ts";
import { parseTarget } from "../envoy/target.ts";

// Here filters translate what clients and upstreams say.
const elsewhere = /^grpc-/;

for (const name of caseNames(process.env.CASE).filter((one) => !elsewhere.test(one))) {
  const golden = readCase(name);
  const file = join(golden.directory, "requests.yaml");
  if (!existsSync(file)) continue;
  test(`why explains ${name}`, () => {
    const material = openMaterial();
    const [inputs] = fixedInputs(golden, material);
    const objects = inputs?.objects.map(({ key, object }) => [key, object] as const) ?? [];
    const settings = { ...defaultSettings, ...golden.settings };
    const lastGood = inputs?.lastGood.map((object) => [refKey(object.ref), { object }] as const) ?? [];
    const given = inputs ? { readFile: inputs.readFile, consul: Object.entries(inputs.consul) } : {};
    const { compiler } = compile(objects, { settings, lastGood, ...given });
    const upstreams = upstreamsIn([golden.input.text]);
    const portOf = fixedPorts(upstreams);
    const names = new Map(upstreams.map((upstream) => [`127.0.0.1:${portOf(upstream)}`, upstream.name]));
    for (const probe of parseProbes(readFileSync(file, "utf8").replaceAll(/\$\{PORT:(\d+)\}/g, "$1"), file)) {
      const request = requestOf(probe);
      if (!request) continue;
      const { outcomes } = explain(compiler.declared, request);
      const fitting = outcomes.filter((outcome) => mayEndBefore(probe, outcome) || fits(probe, outcome, names));
      assert.ok(fitting.length > 0, `${JSON.stringify(probe)}\nwhy: ${JSON.stringify(outcomes)}`);
    }
  });
}

/** The request as `why` takes it, where nothing but routing decides about it. */
function requestOf({ request, expect }: Probe): ClientRequest | undefined {
  if (request.clientCertificate || request.proxyProtocol || request.tlsVersion || expect.distribution) return undefined;
  const target = parseTarget(request);
  if (target.scheme !== "http" && target.scheme !== "https") return undefined;
  const headers = Object.entries(request.headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}`),
  );
  const name = request.sni || target.hostname;
  const method = request.method ?? (request.body === undefined ? "GET" : "POST");
  const text = `${method} ${target.scheme}://${name}:${target.port}${target.path}`;
  const parsed = parseRequest(text, [...headers, `Host: ${target.authority}`]);
  assert.ok(typeof parsed === "object", String(parsed));
  const known = { ...parsed, from: "127.0.0.1" };
  if (request.http === "3") return { ...known, http3: true };
  return request.http === "2" ? { ...known, http2: true } : known;
}

/** A policy may have ended it, of which nobody here can know. */
function mayEndBefore({ expect }: Probe, { before }: Outcome): boolean {
  return before !== undefined && !expect.upstream && expect.error === undefined;
}

function fits({ request, expect }: Probe, { does }: Outcome, names: ReadonlyMap<string, string>): boolean {
  if (expect.error !== undefined) return does.kind === "close" || does.kind === "forward" || does.kind === "tcp";
  const { upstream } = expect;
  const host = upstream?.headers?.["host"];
  switch (does.kind) {
    case "close":
      return false;
    case "tcp":
      return true;
    case "redirect":
      return upstream ? false : same(expect.status, does.status) && same(expect.headers?.["location"], does.location);
    case "respond":
      return upstream ? false : same(expect.status, does.status);
    case "forward":
      return (
        isReached(request, expect.status) &&
        (upstream?.path ?? does.path) === does.path &&
        same(host, does.host) &&
        same(upstream?.name, nameOf(does, names))
      );
  }
}

/** An upstream that cannot be reached or says no, and an upgrade that is not allowed, are no matter of routes. */
function isReached({ headers = {} }: Probe["request"], status: number | undefined): boolean {
  if (status === undefined || [200, 503, 504, 101].includes(status)) return true;
  return headers["x-upstream-status"] === String(status) || (status === 403 && headers["upgrade"] !== undefined);
}

function nameOf(does: Effect & { readonly kind: "forward" }, names: ReadonlyMap<string, string>): string | undefined {
  const [address = ""] = does.upstream.addresses;
  return names.get(address);
}

function same(wanted: Pattern | undefined, got: string | number | undefined): boolean {
  if (wanted === undefined || got === undefined) return true;
  const [, regex, flags] = /^\/(.*)\/(i?)$/s.exec(String(wanted)) ?? [];
  return regex === undefined ? String(wanted) === String(got) : new RegExp(regex, flags).test(String(got));
}
