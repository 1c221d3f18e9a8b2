import type { HeldAccess, SodException, SodRule } from '../model.ts';
import { CLEAR, judge, type SodVerdict } from '../sod-verdict.ts';
import type { Columns } from './columns.ts';
import type { CompiledRules } from './compile-rules.ts';
import { rowOf } from './run-pass.ts';

/**
 * What separation of duties says to one identity getting something, out of the columns: the verdict `sodVerdict` gives,
 * of the rules that name what comes and no others.
 */
export function judgeChange(
  { columns, rules, throughout }: Standing,
  identity: number,
  coming: readonly HeldAccess[],
  exceptions: readonly SodException[],
  among: (rule: number) => boolean = () => true,
): SodVerdict {
  const touched = new Set<number>();
  for (const { entitlementId } of coming) {
    const e = rules.numberOf.get(entitlementId);
    if (e === undefined) continue;
    for (let i = rules.functionOffsets[e] ?? 0; i < (rules.functionOffsets[e + 1] ?? 0); i += 1)
      for (const rule of rules.rulesOf[rules.functionsOf[i] ?? 0] ?? []) touched.add(rule);
  }
  const concerned: SodRule[] = [...touched]
    .sort((a, b) => a - b)
    .flatMap((r) => (among(r) ? (rules.rules[r]?.rule ?? []) : []));
  if (concerned.length === 0) return CLEAR;
  return judge(concerned, rowOf(columns, rules, identity, throughout), coming, exceptions);
}

/** What everybody holds, ready to be asked about one at a time. */
export interface Standing {
  readonly columns: Columns;
  readonly rules: CompiledRules;
  /** Each entitlement as it is held throughout. */
  readonly throughout: readonly HeldAccess[];
}
