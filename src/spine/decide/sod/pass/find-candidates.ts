import type { Columns } from './columns.ts';
import type { CompiledRules } from './compile-rules.ts';

/** Identities looked at together: the sets of ten thousand functions over them are ten megabytes, near the processor. */
export const BLOCK = 8192;
const WORDS = BLOCK / 32;
/** Up to this many members (2 %) a set is walked as a list; above, as words of bits. */
const SPARSE = Math.floor(BLOCK / 50);

/** Who fills each function, for one block of identities at a time. */
export interface Scratch {
  readonly bits: Uint32Array;
  readonly counts: Uint32Array;
  /** The first members of each function, in order; all of them while the set is sparse. */
  readonly members: Uint16Array;
  readonly filled: Uint32Array;
}

export const scratchFor = ({ functions }: CompiledRules): Scratch => ({
  bits: new Uint32Array(functions * WORDS),
  counts: new Uint32Array(functions),
  members: new Uint16Array(functions * SPARSE),
  filled: new Uint32Array(functions),
});

/**
 * Calls back for every identity from `begin` on, up to a block, and rule of which it holds something of every side at
 * whatever time: everybody in conflict is among them. Rule by rule, identities in order.
 */
export function findCandidates(
  columns: Columns,
  rules: CompiledRules,
  scratch: Scratch,
  begin: number,
  found: (identity: number, rule: number) => void,
): void {
  const end = Math.min(begin + BLOCK, columns.identities);
  const touched = fill(columns, rules, scratch, begin, end);
  const { sideOffsets, sides } = rules;
  for (let r = 0; r + 1 < sideOffsets.length; r += 1) {
    const [from, to] = [sideOffsets[r] as number, sideOffsets[r + 1] as number];
    if (from === to) continue;
    const rarest = rarestSide(rules, scratch, from, to);
    const count = scratch.counts[rarest] as number;
    if (count === 0) continue;
    if (count <= SPARSE) walkList(scratch, sides, from, to, rarest, count, begin, r, found);
    else walkWords(scratch, sides, from, to, begin, r, found);
  }
  for (let i = 0; i < touched; i += 1) {
    const f = scratch.filled[i] as number;
    scratch.bits.fill(0, f * WORDS, (f + 1) * WORDS);
    scratch.counts[f] = 0;
  }
}

/** Sets who fills which function; returns how many functions somebody fills. */
function fill(columns: Columns, rules: CompiledRules, scratch: Scratch, begin: number, end: number): number {
  const { offsets, entitlements } = columns;
  const { functionOffsets, functionsOf } = rules;
  const { bits, counts, members, filled } = scratch;
  const named = functionOffsets.length - 1;
  let touched = 0;
  for (let identity = begin; identity < end; identity += 1) {
    const local = identity - begin;
    const word = local >>> 5;
    const bit = 1 << (local & 31);
    const last = offsets[identity + 1] as number;
    for (let p = offsets[identity] as number; p < last; p += 1) {
      const e = entitlements[p] as number;
      if (e >= named) continue;
      const until = functionOffsets[e + 1] as number;
      for (let i = functionOffsets[e] as number; i < until; i += 1) {
        const f = functionsOf[i] as number;
        const at = f * WORDS + word;
        const before = bits[at] as number;
        if ((before & bit) !== 0) continue;
        bits[at] = before | bit;
        const n = counts[f] as number;
        counts[f] = n + 1;
        if (n === 0) {
          filled[touched] = f;
          touched += 1;
        }
        if (n < SPARSE) members[f * SPARSE + n] = local;
      }
    }
  }
  return touched;
}

function rarestSide({ sides }: CompiledRules, { counts }: Scratch, from: number, to: number): number {
  let rarest = sides[from] as number;
  for (let i = from + 1; i < to; i += 1) {
    const f = sides[i] as number;
    if ((counts[f] as number) < (counts[rarest] as number)) rarest = f;
  }
  return rarest;
}

function walkList(
  { bits, members }: Scratch,
  sides: Uint32Array,
  from: number,
  to: number,
  rarest: number,
  count: number,
  begin: number,
  rule: number,
  found: (identity: number, rule: number) => void,
): void {
  for (let n = 0; n < count; n += 1) {
    const local = members[rarest * SPARSE + n] as number;
    let i = from;
    while (i < to && (((bits[(sides[i] as number) * WORDS + (local >>> 5)] as number) >>> (local & 31)) & 1) === 1)
      i += 1;
    if (i === to) found(begin + local, rule);
  }
}

function walkWords(
  { bits }: Scratch,
  sides: Uint32Array,
  from: number,
  to: number,
  begin: number,
  rule: number,
  found: (identity: number, rule: number) => void,
): void {
  for (let word = 0; word < WORDS; word += 1) {
    let all = bits[(sides[from] as number) * WORDS + word] as number;
    for (let i = from + 1; i < to && all !== 0; i += 1) all &= bits[(sides[i] as number) * WORDS + word] as number;
    while (all !== 0) {
      const lowest = 31 - Math.clz32(all & -all);
      found(begin + word * 32 + lowest, rule);
      all &= all - 1;
    }
  }
}
