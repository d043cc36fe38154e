/**
 * Reads what Consul says of a service's health: where its instances take traffic. Nothing in it is trusted to be
 * there, and an instance that cannot be used never takes the others with it.
 */

import { isIP } from "node:net";
import { valueOfJson } from "#base/fields.ts";
import { printable } from "#base/printable.ts";

/** Where one instance takes traffic: an address or a name, and a port. */
export interface Instance {
  readonly label: string;
  readonly host: string;
  readonly port: number;
}

/** All instances of an answer. */
export interface Instances {
  readonly usable: readonly Instance[];
  /** Which cannot be used, and why. */
  readonly unusable: readonly string[];
}

/** More instances than this are not believed. */
const maxInstances = 10_000;
const hostName = /^(?=.{1,253}$)[a-z0-9_](?:[\w-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[\w-]*[a-z0-9_])?)*\.?$/i;

/** The instances of an answer; a text says why it is none. */
export function readInstances(text: string): Instances | string {
  const entries = valueOfJson(text);
  if (!Array.isArray(entries)) return "its answer is not a list of instances";
  if (entries.length > maxInstances) return `it lists ${entries.length} instances, more than ${maxInstances}`;
  const usable: Instance[] = [];
  const unusable: string[] = [];
  for (const entry of entries) {
    const read = readInstance(entry);
    if (typeof read === "string") unusable.push(read);
    else usable.push(read);
  }
  return { usable, unusable };
}

/** The service's own address counts; without one its node's. */
function readInstance(entry: unknown): Instance | string {
  const service = field(entry, "Service");
  const host = text(field(service, "Address")) || text(field(field(entry, "Node"), "Address"));
  const port = field(service, "Port");
  const label = printable(text(field(service, "ID")) || host || "one without a name", 60);
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65_535) return `${label} has no port`;
  if (host === "") return `${label} has no address`;
  if (isIP(host) === 0 && !hostName.test(host)) return `${label} has the address ${printable(host, 60)}`;
  return { label, host: host.toLowerCase(), port };
}

function field(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? (of as Readonly<Record<string, unknown>>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
