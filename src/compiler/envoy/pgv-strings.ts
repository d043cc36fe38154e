/**
 * The protoc-gen-validate rules of strings, one maker per rule.
 * Lengths count Unicode characters or UTF-8 bytes, as the rule says, and are only counted where the cheap bound of the
 * UTF-16 length does not settle it.
 */
import { KnownRegex, type StringRules } from "#gen/validate/validate_pb.js";
import { inList, type Makers, notInList, own, type ValueCheck } from "./pgv-rule.ts";

/** The makers, by the rule's name. */
export const stringMakers: Makers<StringRules> = {
  const: (rules) => check((value) => value === rules.const, `value must equal "${rules.const}"`),
  len: ({ len }) => check((value) => characters(value) === Number(len), `value length must be ${len} characters`),
  minLen: ({ minLen }) => minLength(Number(minLen)),
  maxLen: ({ maxLen }) => {
    const max = Number(maxLen);
    const good = (value: string): boolean => value.length <= max || characters(value) <= max;
    return check(good, `value length must be at most ${max} characters`);
  },
  lenBytes: ({ lenBytes }) =>
    check((value) => utf8Bytes(value) === Number(lenBytes), `value length must be ${lenBytes} bytes`),
  minBytes: ({ minBytes }) => {
    const min = Number(minBytes);
    const good = (value: string): boolean => value.length >= min || utf8Bytes(value) >= min;
    return check(good, `value length must be at least ${min} bytes`);
  },
  maxBytes: ({ maxBytes }) => {
    const max = Number(maxBytes);
    const good = (value: string): boolean => value.length * 3 <= max || utf8Bytes(value) <= max;
    return check(good, `value length must be at most ${max} bytes`);
  },
  pattern: ({ pattern }) => {
    const expression = new RegExp(pattern, "u");
    return check((value) => expression.test(value), `value does not match regex pattern "${pattern}"`);
  },
  prefix: ({ prefix }) => check((value) => value.startsWith(prefix), `value does not have prefix "${prefix}"`),
  suffix: ({ suffix }) => check((value) => value.endsWith(suffix), `value does not have suffix "${suffix}"`),
  contains: ({ contains }) => check((value) => value.includes(contains), `value does not contain "${contains}"`),
  notContains: ({ notContains }) => check((value) => !value.includes(notContains), `value contains "${notContains}"`),
  in: (rules) => inList(rules.in),
  notIn: (rules) => notInList(rules.notIn),
  wellKnown: wellKnown,
  strict: () => undefined,
  ignoreEmpty: () => undefined,
};

function check(good: (value: string) => boolean, message: string): ValueCheck {
  return (value) => (typeof value === "string" && good(value) ? undefined : message);
}

/** By far the most frequent rule, nearly always with 1. */
function minLength(min: number): ValueCheck {
  const good = (value: string): boolean =>
    value.length >= min && (value.length >= 2 * min || min === 1 || characters(value) >= min);
  return check(good, `value length must be at least ${min} characters`);
}

function characters(value: string): number {
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

const encoder = new TextEncoder();

function utf8Bytes(value: string): number {
  return encoder.encode(value).length;
}

function wellKnown(rules: StringRules): ValueCheck | undefined {
  const { wellKnown: rule } = rules;
  if (rule.case === "wellKnownRegex") return headerRegex(rule.value, own(rules, "strict") ?? true);
  if (!rule.case || !rule.value) return undefined;
  const [good, words] = wellKnownKinds[rule.case];
  return check(good, `value must be ${words}`);
}

// PGV's own expression; `+-.` in it is a range, which lets the comma through.
const headerName = /^:?[0-9a-zA-Z!#$%&'*+-.^_|~\x60]+$/;

function headerRegex(kind: KnownRegex, strict: boolean): ValueCheck | undefined {
  const clean = (value: string): boolean => !hasControl(value, strict);
  switch (kind) {
    case KnownRegex.HTTP_HEADER_NAME:
      // Not strictly, an empty name passes: the field is unset then.
      return check(strict ? (value) => headerName.test(value) : clean, "value must be a valid HTTP header name");
    case KnownRegex.HTTP_HEADER_VALUE:
      return check(clean, "value must be a valid HTTP header value");
    case KnownRegex.UNKNOWN:
      return undefined;
  }
}

const tab = 0x09;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Strictly, every control character but the tab; otherwise only those that end a line or a string. */
function hasControl(value: string, strict: boolean): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === 0 || code === lineFeed || code === carriageReturn) return true;
    if (strict && ((code < 0x20 && code !== tab) || code === 0x7f)) return true;
  }
  return false;
}

type WellKnown = Exclude<StringRules["wellKnown"]["case"], undefined | "wellKnownRegex">;

const wellKnownKinds: Readonly<Record<WellKnown, readonly [good: (value: string) => boolean, words: string]>> = {
  email: [
    (value) => /^[^\s@]{1,64}@[^\s@]+$/.test(value) && isHostname(value.slice(value.indexOf("@") + 1)),
    "an email address",
  ],
  hostname: [isHostname, "a valid hostname"],
  ip: [(value) => isIpv4(value) || isIpv6(value), "a valid IP address"],
  ipv4: [isIpv4, "a valid IPv4 address"],
  ipv6: [isIpv6, "a valid IPv6 address"],
  uri: [(value) => URL.canParse(value), "a valid URI"],
  uriRef: [(value) => URL.canParse(value, "http://base.invalid/"), "a valid URI reference"],
  address: [(value) => isHostname(value) || isIpv4(value) || isIpv6(value), "a valid hostname, or ip address"],
  uuid: [(value) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value), "a valid UUID"],
};

function isHostname(value: string): boolean {
  const name = value.endsWith(".") ? value.slice(0, -1) : value;
  const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
  return name.length <= 253 && name.split(".").every((part) => label.test(part));
}

function isIpv4(value: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(value);
}

function isIpv6(value: string): boolean {
  return /^[0-9a-f:.]+$/i.test(value) && value.includes(":") && URL.canParse(`http://[${value}]/`);
}
