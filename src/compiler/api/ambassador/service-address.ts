/** The service strings of Ambassador resources, `[scheme://]host[.namespace][:port]`. */
import { type Diagnostic, diagnose } from "#base/diagnostic.ts";
import { intern } from "#base/intern.ts";
import { isIp } from "#base/ip.ts";
import { child, type Origin } from "#base/origin.ts";
import { string } from "../schema/index.ts";

/** A service string, as a field. */
export const serviceString = string({ cel: "self != ''", message: "it has to name a host" });

/** A service string, taken apart. */
export interface ServiceAddress {
  /** What was written before `://`, lower case. */
  readonly scheme?: string;
  /** Lower case, without brackets. */
  readonly host: string;
  readonly port?: number;
  /** What stood behind host and port, which means nothing. */
  readonly ignored?: string;
  /** A user name stood before the host, which means nothing either. */
  readonly user?: true;
}

const schemed = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is;
const user = /^[^@/?#]*@/;
const shape = /^(\[[0-9a-f:.]+\]|[^:/?#[\]]*)(?::(\d*))?([/?#].*)?$/is;

/** Takes a service string apart; a text says why it cannot be. User names and passwords are never repeated. */
export function parseService(text: string): ServiceAddress | string {
  const [, scheme, behind = text.trim()] = schemed.exec(text.trim()) ?? [];
  const rest = behind.replace(user, "");
  const [, host = "", port, tail] = shape.exec(rest) ?? [];
  if (host === "") return `"${rest}" does not name a host`;
  const bare = host.replace(/^\[|\]$/g, "");
  if (!/^[\w.-]{1,253}$/.test(host) && !isIp(bare)) return `"${rest}" does not name a possible host`;
  const number = port ? Number(port) : 0;
  if (number > 65535) return `port ${port} is not between 1 and 65535`;
  return {
    host: intern(bare.toLowerCase()),
    ...(scheme === undefined ? {} : { scheme: scheme.toLowerCase() }),
    ...(number === 0 ? {} : { port: number }),
    ...(tail === undefined || tail === "/" ? {} : { ignored: tail }),
    ...(rest === behind ? {} : { user: true }),
  };
}

/** What is wrong with the service of an object, or nothing. */
export function serviceProblems(service: string, spec: Origin, field = "service"): readonly Diagnostic[] {
  const problem = parseService(service);
  if (typeof problem !== "string") return [];
  return [
    diagnose("service/invalid", child(spec, field), problem, {
      traffic: "the object is not used; if it was good before, that version of it goes on",
      hint: "write [scheme://]host[.namespace][:port]",
    }),
  ];
}
