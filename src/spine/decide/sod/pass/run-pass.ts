import { findConflicts, withoutExcepted } from '../find-conflicts.ts';
import type { HeldAccess, SodException, SodRule } from '../model.ts';
import { firstTimed, type Columns } from './columns.ts';
import type { CompiledRules } from './compile-rules.ts';
import { BLOCK, findCandidates, scratchFor } from './find-candidates.ts';

/** What a pass looks at. */
export interface PassInput {
  readonly columns: Columns;
  readonly rules: CompiledRules;
  /** The identity behind a number. */
  readonly idOf: (identity: number) => string;
  /** What is excepted of whom; who has no exception is absent. */
  readonly exceptions: ReadonlyMap<string, readonly SodException[]>;
  /** From when on: what is held throughout is held from here without an end. */
  readonly now: Date;
}

/** One stretch of conflict, in columns: whose, with which rule, from when until when (`Infinity`: without an end). */
export interface Findings {
  readonly count: number;
  readonly identities: Uint32Array;
  readonly rules: Uint32Array;
  readonly from: Float64Array;
  readonly until: Float64Array;
}

/** How long a pass works before it lets others on. */
const BREATH_MS = 20;

/**
 * Everybody who is in conflict with any of the rules from now on, and when; what an exception tolerates left out. By
 * identity, then by rule, then in time. Who could be is found without looking at time; what is found is judged by
 * `findConflicts`, as every verdict is.
 */
export async function runPass(input: PassInput): Promise<Findings> {
  const found = new FindingsBuilder();
  const scratch = scratchFor(input.rules);
  const judge = judgeFor(input);
  let breath = performance.now();
  for (let begin = 0; begin < input.columns.identities; begin += BLOCK) {
    passBlock(input, scratch, begin, judge, found);
    if (performance.now() - breath < BREATH_MS) continue;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    breath = performance.now();
  }
  return found.done();
}

type Judge = (identity: number, rules: readonly number[], found: FindingsBuilder) => void;

function passBlock(
  { columns, rules, idOf }: PassInput,
  scratch: ReturnType<typeof scratchFor>,
  begin: number,
  judge: Judge,
  found: FindingsBuilder,
): void {
  const byIdentity = new Map<number, number[]>();
  findCandidates(columns, rules, scratch, begin, (identity, rule) => {
    const among = rules.rules[rule]?.among;
    if (among !== undefined && !among.has(idOf(identity))) return;
    const known = byIdentity.get(identity);
    if (known === undefined) byIdentity.set(identity, [rule]);
    else known.push(rule);
  });
  for (const identity of Uint32Array.from(byIdentity.keys()).sort())
    judge(identity, byIdentity.get(identity) ?? [], found);
}

function judgeFor({ columns, rules, idOf, exceptions, now }: PassInput): Judge {
  const throughout = heldThroughout(rules, now);
  const none: readonly SodException[] = [];
  return (identity, numbers, found) => {
    const held = rowOf(columns, rules, identity, throughout);
    const numberOf = new Map<SodRule, number>();
    for (const n of numbers) {
      const rule = rules.rules[n]?.rule;
      if (rule !== undefined) numberOf.set(rule, n);
    }
    const conflicts = findConflicts([...numberOf.keys()], held);
    const excepted = conflicts.length === 0 ? none : (exceptions.get(idOf(identity)) ?? none);
    for (const { rule, validFrom, validTo } of excepted.length === 0 ? conflicts : withoutExcepted(conflicts, excepted))
      found.add(identity, numberOf.get(rule) ?? 0, validFrom.getTime(), validTo?.getTime() ?? Infinity);
  };
}

/** Each entitlement as it is held throughout: the same for everybody who holds it so. */
export const heldThroughout = ({ entitlements }: CompiledRules, now: Date): readonly HeldAccess[] =>
  entitlements.map(({ id, systemId }) => heldFrom(id, systemId, now, null));

const heldFrom = (entitlementId: string, systemId: string, validFrom: Date, validTo: Date | null): HeldAccess => ({
  entitlementId,
  systemId,
  path: [],
  validFrom,
  validTo,
});

/** What one identity holds, as verdicts take it. */
export function rowOf(
  columns: Columns,
  { entitlements }: CompiledRules,
  identity: number,
  throughout: readonly HeldAccess[],
): HeldAccess[] {
  const [begin, end] = [columns.offsets[identity] ?? 0, columns.offsets[identity + 1] ?? 0];
  const held: HeldAccess[] = [];
  let t = columns.timed.length === 0 ? 0 : firstTimed(columns, begin);
  for (let place = begin; place < end; place += 1) {
    const e = columns.entitlements[place] ?? 0;
    const isTimed = columns.timed[t] === place;
    if (isTimed) t += 1;
    const always = throughout[e];
    if (always === undefined) continue;
    if (!isTimed) {
      held.push(always);
      continue;
    }
    const [from, until] = [columns.times[2 * t - 2] ?? 0, columns.times[2 * t - 1] ?? 0];
    const { id, systemId } = entitlements[e] ?? { id: '', systemId: '' };
    held.push(heldFrom(id, systemId, new Date(from), until === Infinity ? null : new Date(until)));
  }
  return held;
}

class FindingsBuilder {
  readonly #columns: [number[], number[], number[], number[]] = [[], [], [], []];

  add(identity: number, rule: number, from: number, until: number): void {
    const [identities, rules, froms, untils] = this.#columns;
    identities.push(identity);
    rules.push(rule);
    froms.push(from);
    untils.push(until);
  }

  done(): Findings {
    const [identities, rules, from, until] = this.#columns;
    return {
      count: identities.length,
      identities: Uint32Array.from(identities),
      rules: Uint32Array.from(rules),
      from: Float64Array.from(from),
      until: Float64Array.from(until),
    };
  }
}
