/**
 * ADMIT: how large a regular expression is for Envoy, which refuses a whole table for one that is larger than its
 * limit. Envoy reads patterns byte by byte (Latin-1) and counts the instructions of RE2's program after "flattening",
 * which joins the branches of alternatives into lists. The program here comes from re2js, whose instructions are those
 * of RE2 before that step.
 */
import { RE2JS } from "re2js";

/** An instruction of re2js. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

const [alt, altMatch, capture, emptyWidth, match, nop, rune, rune1, any, anyButNewline] = [
  1, 2, 3, 4, 6, 7, 8, 9, 10, 11,
];
const beginText = 4;
const endText = 8;

/** The size of a valid expression's program, as Envoy reports it. */
export function regexSize(regex: string): number {
  const program: Program = RE2JS.compile(Buffer.from(regex).toString("latin1")).re2Input.prog;
  return program.inst.length > surelyLarge ? program.inst.length : flatSize(withoutAnchors(program));
}

/** So many instructions are too many however they are joined, and not worth the work. */
const surelyLarge = 4000;

/** A program without what RE2 matches apart from it: anchors, and a literal text behind `^`. */
interface Anchored extends Program {
  readonly anchored: boolean;
}

function withoutAnchors({ inst, start }: Program): Anchored {
  const preceding = predecessors(inst, start);
  const only = (id: number): boolean => preceding[id]?.length === 1;
  const edited = [...inst];
  const skip = (id: number): void => {
    const at = inst[id];
    if (at) edited[id] = { op: nop ?? 0, out: at.out, arg: 0, runes: [] };
  };
  let first = start;
  while (inst[first]?.op === capture && only(first)) first = inst[first]?.out ?? 0;
  const anchored = inst[first]?.op === emptyWidth && inst[first]?.arg === beginText && only(first);
  if (anchored) skip(first);
  const prefix = anchored && first === start ? literalFrom(inst, inst[first]?.out ?? 0, only) : [];
  prefix.forEach(skip);
  let last = preceding[inst.findIndex(({ op }) => op === match)] ?? [];
  while (last.length === 1 && inst[last[0] ?? 0]?.op === capture) last = preceding[last[0] ?? 0] ?? [];
  const end = inst[last[0] ?? 0];
  if (last.length === 1 && last[0] !== undefined && end?.op === emptyWidth && end.arg === endText) skip(last[0]);
  return { ...withoutNops(edited, start), anchored: anchored && prefix.length === 0 };
}

function withoutNops(inst: readonly Instruction[], start: number): Program {
  const target = (id: number): number => {
    const at = inst[id];
    return at?.op === nop ? target(at.out) : id;
  };
  const straight = inst.map((at) => ({ ...at, out: target(at.out), arg: at.op === alt ? target(at.arg) : at.arg }));
  return { inst: straight, start: target(start) };
}

function literalFrom(inst: readonly Instruction[], from: number, only: (id: number) => boolean): number[] {
  const found: number[] = [];
  const folds = inst[from]?.arg;
  for (let id = from; only(id); id = inst[id]?.out ?? 0) {
    const at = inst[id];
    if (!at || !isLiteral(at) || at.arg !== folds) break;
    found.push(id);
  }
  return found;
}

function isLiteral({ op, runes }: Instruction): boolean {
  return op === rune1 || (op === rune && runes.length === 1);
}

/** The start counts as one. */
function predecessors(inst: readonly Instruction[], start: number): readonly number[][] {
  const found: number[][] = inst.map(() => []);
  found[start]?.push(-1);
  inst.forEach((at, id) => {
    for (const out of outsOf(at)) found[out]?.push(id);
  });
  return found;
}

function outsOf({ op, out, arg }: Instruction): readonly number[] {
  if (op === alt || op === altMatch) return [out, arg];
  return op === match || op === 5 ? [] : [out];
}

function flatSize(program: Anchored): number {
  const { start, anchored } = program;
  // RE2 puts a loop over any byte in front of what need not begin at the start.
  const inst = anchored
    ? program.inst
    : [...program.inst, loop(start, program.inst.length), anyByte(program.inst.length)];
  const entry = anchored ? start : program.inst.length;
  const roots = new Set([0, entry, start]);
  const alternatives = new Map<number, number[]>();
  for (const id of reach(inst, entry)) {
    const at = inst[id];
    if (!at || at.op === nop) continue;
    if (at.op !== alt) for (const out of outsOf(at)) roots.add(out);
    else for (const out of outsOf(at)) alternatives.set(out, [...(alternatives.get(out) ?? []), id]);
  }
  for (const root of [...roots].sort((a, b) => b - a)) {
    if (root === entry || root === start || root === 0) continue;
    const own = list(inst, root, roots);
    for (const id of own) if (alternatives.get(id)?.some((from) => !own.has(from))) roots.add(id);
  }
  let size = 0;
  for (const root of roots) {
    for (const id of list(inst, root, roots)) {
      size += id !== root && roots.has(id) ? 1 : sizeOf(inst, id, anchored ? -1 : entry);
    }
  }
  return size;
}

function loop(start: number, id: number): Instruction {
  return { op: alt ?? 0, out: start, arg: id + 1, runes: [] };
}

function anyByte(out: number): Instruction {
  return { op: any ?? 0, out, arg: 0, runes: [] };
}

function reach(inst: readonly Instruction[], from: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (const stack = [from]; stack.length > 0; ) {
    const id = stack.pop() ?? 0;
    const at = inst[id];
    if (!at || found.has(id)) continue;
    found.add(id);
    stack.push(...outsOf(at));
  }
  return found;
}

/** What can be reached from a root without reading anything; other roots end it. */
function list(inst: readonly Instruction[], root: number, roots: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const stack = [root]; stack.length > 0; ) {
    const id = stack.pop() ?? 0;
    const at = inst[id];
    if (!at || found.has(id)) continue;
    found.add(id);
    if ((id === root || !roots.has(id)) && (at.op === alt || at.op === nop)) stack.push(...outsOf(at));
  }
  return found;
}

function sizeOf(inst: readonly Instruction[], id: number, entry: number): number {
  const at = inst[id];
  if (!at) return 0;
  switch (at.op) {
    case alt:
      return id !== entry && loopsToEnd(inst, id, at) ? 1 : 0;
    case nop:
      return 0;
    case rune:
      return isLiteral(at) ? 1 : ranges(at.runes);
    case anyButNewline:
      return 2;
    default:
      return 1;
  }
}

/** `.*` before the end is an instruction of its own to RE2. */
function loopsToEnd(inst: readonly Instruction[], id: number, { out, arg }: Instruction): boolean {
  const isLoop = (from: number): boolean => inst[from]?.op === any && inst[from]?.out === id;
  const isEnd = (from: number): boolean => {
    const at = inst[from];
    return at?.op === match || (at?.op === capture && isEnd(at.out));
  };
  return (isLoop(out) && isEnd(arg)) || (isLoop(arg) && isEnd(out));
}

/** A class is an instruction per range of bytes; where upper and lower case are alike, one does for both. */
function ranges(runes: ArrayLike<number>): number {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < runes.length; i += 2) {
    const [low = 0, high = 0] = [runes[i], runes[i + 1]];
    if (low <= 0xff) pairs.push([low, Math.min(high, 0xff)]);
  }
  const has = (code: number): boolean => pairs.some(([low, high]) => low <= code && code <= high);
  const folds = Array.from({ length: 26 }, (_, i) => has(65 + i) === has(97 + i)).every(Boolean);
  return pairs.filter(([low, high]) => !(folds && low >= 65 && high <= 90)).length;
}
