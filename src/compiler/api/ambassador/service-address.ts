/** The service strings of Ambassador resources, `[scheme://]host[.namespace][:port]` (resources.md 11.1). */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { isIp } from "#base/ip.ts";
import { child, type Origin } from "#base/origin.ts";

/** A service string, taken apart. */
export interface ServiceAddress {
  /** What was written before `://`, lower case. */
  readonly scheme?: string;
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port?: number;
  /** What stood behind host and port, which means nothing. */
  readonly ignored?: string;
}

const shape = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/]*@)?(\[[0-9a-f:.]+\]|[^:/?#[\]]*)(?::(\d*))?([/?#].*)?$/i;

/** Takes a service string apart; a text says why it cannot be. */
export function parseService(text: string): ServiceAddress | string {
  const [, scheme, host = "", port, ignored] = shape.exec(text.trim()) ?? [];
  if (host === "") return `"${text}" does not name a host`;
  const bare = host.replace(/^\[|\]$/g, "");
  if (!/^[\w.-]+$/.test(host) && !isIp(bare)) return `"${text}" does not name a possible host`;
  const number = port ? Number(port) : 0;
  if (number > 65535) return `port ${port} is not between 1 and 65535`;
  return {
    host: bare.toLowerCase(),
    ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }),
    ...(number === 0 ? {} : { port: number }),
    ...(ignored === undefined || ignored === "/" ? {} : { ignored }),
  };
}

/** What is wrong with the service of an object, or nothing. */
export function serviceProblems(service: string, spec: Origin): readonly Diagnostic[] {
  const problem = parseService(service);
  if (typeof problem !== "string") return [];
  return [
    diagnose("service/invalid", child(spec, "service"), problem, {
      traffic: "the object is not used; if it was good before, that version of it goes on",
      hint: "write [scheme://]host[.namespace][:port]",
    }),
  ];
}
