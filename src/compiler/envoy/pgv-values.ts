/**
 * The protoc-gen-validate rules of single values (strings, numbers, enums, bytes, durations), each compiled to a closure
 * that answers with what is wrong, in the words Envoy itself uses, or with nothing.
 * A rule that is not known here throws at compile time; a test compiles every message of Envoy's API.
 */
import type { DescEnum, Message } from "@bufbuild/protobuf";
import type { Any, Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type {
  AnyRules,
  BytesRules,
  DurationRules,
  EnumRules,
  FieldRules,
  TimestampRules,
} from "#gen/validate/validate_pb.js";
import { inList, type Makers, notInList, own, type ValueCheck } from "./pgv-rule.ts";
import { stringMakers } from "./pgv-strings.ts";

/** The checks for one value of a field; empty when its rules ask nothing of it. */
export function compileValueRules(rules: FieldRules, enumeration: DescEnum | undefined): readonly ValueCheck[] {
  const { type } = rules;
  switch (type.case) {
    case undefined:
    case "repeated":
    case "map":
      return [];
    case "string":
      return unlessEmpty(make(type.value, stringMakers), own(type.value, "ignoreEmpty"), "");
    case "bytes":
      return make(type.value, bytesMakers);
    case "enum":
      return enumChecks(type.value, enumeration);
    case "bool":
      return setChecks(type.value);
    case "any":
      return make(type.value, anyMakers);
    case "duration":
    case "timestamp":
      return spanChecks(type.value);
    default: {
      const checks = [...rangeChecks<number | bigint>(type.value, (value) => value), ...setChecks(type.value)];
      return unlessEmpty(checks, own(type.value, "ignoreEmpty"), 0);
    }
  }
}

/** The bytes of a protobuf `bytes` value. */
export function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function make<R extends Message>(rules: R, makers: Makers<R>): readonly ValueCheck[] {
  const checks: ValueCheck[] = [];
  for (const [name, bound] of Object.entries(rules)) {
    if (name.startsWith("$") || isUnset(bound)) continue;
    const maker = makers[name];
    if (!maker) throw new Error(`unknown PGV rule ${rules.$typeName}.${name}`);
    const check = maker(rules);
    if (check) checks.push(check);
  }
  return checks;
}

function isUnset(bound: unknown): boolean {
  if (Array.isArray(bound)) return bound.length === 0;
  return bound === undefined || (typeof bound === "object" && bound !== null && "case" in bound && !bound.case);
}

function unlessEmpty(
  checks: readonly ValueCheck[],
  ignore: boolean | undefined,
  empty: unknown,
): readonly ValueCheck[] {
  if (!ignore) return checks;
  // Loosely, because zero is 0 in one numeric kind and 0n in another.
  return checks.map((check) => (value) => (value === empty || value === 0n ? undefined : check(value)));
}

interface Listed {
  readonly const?: unknown;
  readonly in?: readonly unknown[];
  readonly notIn?: readonly unknown[];
}

function setChecks(rules: Listed): readonly ValueCheck[] {
  const checks: ValueCheck[] = [];
  const only = own(rules, "const");
  if (only !== undefined) checks.push((value) => (value === only ? undefined : `value must equal ${only}`));
  if (rules.in?.length) checks.push(inList(rules.in));
  if (rules.notIn?.length) checks.push(notInList(rules.notIn));
  return checks;
}

interface Bounds<T> {
  readonly lt?: T | undefined;
  readonly lte?: T | undefined;
  readonly gt?: T | undefined;
  readonly gte?: T | undefined;
}

type Amount = number | bigint;

function rangeChecks<T>(
  rules: Bounds<T>,
  amount: (value: T) => Amount,
  show: (value: Amount) => string = String,
): readonly ValueCheck[] {
  const lower = edge(own(rules, "gt"), own(rules, "gte"), amount);
  const upper = edge(own(rules, "lt"), own(rules, "lte"), amount);
  const low = lower && ((value: Amount) => (lower.strict ? value > lower.at : value >= lower.at));
  const high = upper && ((value: Amount) => (upper.strict ? value < upper.at : value <= upper.at));
  const words = [
    lower && `greater than ${lower.strict ? "" : "or equal to "}${show(lower.at)}`,
    upper && `less than ${upper.strict ? "" : "or equal to "}${show(upper.at)}`,
  ].filter((word) => word !== undefined);
  if (words.length === 0) return [];
  // PGV's reading of crossed bounds: the value must lie outside of them.
  const outside = lower && upper && lower.at > upper.at;
  const message = `value must be ${words.join(outside ? " or " : " and ")}`;
  return [
    (value) => {
      // The field's own type is the one its rules are written for; reflection cannot say so to the compiler.
      const it = amount(value as T);
      const good = outside ? low?.(it) || high?.(it) : (low?.(it) ?? true) && (high?.(it) ?? true);
      return good ? undefined : message;
    },
  ];
}

function edge<T>(strict: T | undefined, loose: T | undefined, amount: (value: T) => Amount) {
  if (strict !== undefined) return { at: amount(strict), strict: true };
  return loose === undefined ? undefined : { at: amount(loose), strict: false };
}

function enumChecks(rules: EnumRules, enumeration: DescEnum | undefined): readonly ValueCheck[] {
  const checks = [...setChecks(rules)];
  if (own(rules, "definedOnly") && enumeration) {
    const defined = new Set<unknown>(enumeration.values.map((value) => value.number));
    checks.push((value) => (defined.has(value) ? undefined : "value must be one of the defined enum values"));
  }
  return checks;
}

/** Rules that need a clock (lt_now, gt_now, within) are left out: Envoy's files have none and this room has no clock. */
function spanChecks(rules: DurationRules | TimestampRules): readonly ValueCheck[] {
  const range = rangeChecks<Duration | Timestamp>(rules, nanoseconds, (amount) => `${Number(amount) / 1e9}s`);
  if (!rules.const) return range;
  const only = nanoseconds(rules.const);
  const equals: ValueCheck = (value) =>
    nanoseconds(value as Duration) === only ? undefined : `value must equal ${Number(only) / 1e9}s`;
  return [...range, equals];
}

/** Plain fields may leave out what is zero. Most spans are short enough for numbers, which are cheaper. */
function nanoseconds({ seconds = 0n, nanos = 0 }: Partial<Duration | Timestamp>): Amount {
  const short = Number(seconds) * 1e9 + nanos;
  return Number.isSafeInteger(short) ? short : seconds * 1_000_000_000n + BigInt(nanos);
}

const anyMakers: Makers<AnyRules> = {
  required: () => undefined,
  in: (rules) => typeUrlCheck(inList(rules.in)),
  notIn: (rules) => typeUrlCheck(notInList(rules.notIn)),
};

function typeUrlCheck(check: ValueCheck): ValueCheck {
  return (value) => {
    const problem = check((value as Partial<Any>).typeUrl ?? "");
    return problem && `type URL: ${problem}`;
  };
}

const bytesMakers: Makers<BytesRules> = {
  len: (rules) => bytesCheck((value) => value.length === Number(rules.len), `value length must be ${rules.len} bytes`),
  minLen: (rules) =>
    bytesCheck((value) => value.length >= Number(rules.minLen), `value length must be at least ${rules.minLen} bytes`),
  maxLen: (rules) =>
    bytesCheck((value) => value.length <= Number(rules.maxLen), `value length must be at most ${rules.maxLen} bytes`),
};

function bytesCheck(good: (value: Uint8Array) => boolean, message: string): ValueCheck {
  return (value) => (isBytes(value) && good(value) ? undefined : message);
}
