import type { Tx } from '#kit/db/index.ts';
import {
  describeConflict,
  sodVerdict,
  type ProposedAccess,
  type SodConflict,
  type SodVerdict,
} from '#spine/decide/index.ts';
import type { SodHit } from '../model.ts';

/** What would begin now and last until then; null: without an end. */
export interface Proposal {
  readonly target: { readonly kind: 'entitlement' | 'role'; readonly id: string };
  readonly validTo: Date | null;
}

/** What separation of duties says to one line. */
export interface Duty {
  readonly blocked: boolean;
  readonly because: string;
  readonly hits: readonly SodHit[];
  readonly verdict: SodVerdict;
}

const proposed = (tx: Tx, { target, validTo }: Proposal): ProposedAccess => ({
  ...(target.kind === 'role' ? { roleId: target.id } : { entitlementId: target.id }),
  validFrom: tx.now,
  validTo,
});

const shown = (conflict: SodConflict, tolerated: boolean): SodHit => ({
  ruleId: conflict.rule.id,
  name: conflict.rule.name,
  severity: conflict.rule.severity,
  mode: conflict.rule.mode,
  tolerated,
  sides: conflict.sides.map((side) => ({
    function: side.function,
    paths: side.access.map((held) => held.path.map((step) => step.name)),
  })),
});

const dutyOf = (verdict: SodVerdict): Duty => {
  const { outcome, conflicts, tolerated } = verdict;
  const [worst] = [...conflicts].sort((a, b) => Number(b.rule.mode === 'enforce') - Number(a.rule.mode === 'enforce'));
  return {
    verdict,
    blocked: outcome === 'blocked',
    because: worst === undefined ? 'an exception tolerates the conflict it causes' : describeConflict(worst),
    hits: [...conflicts.map((c) => shown(c, false)), ...tolerated.map((c) => shown(c, true))],
  };
};

/**
 * Judges the lines of one cart in their order, each together with those before it that were not blocked. Absent
 * proposals were refused for another reason. A cart without any conflict costs one verdict.
 */
export const judgeDuties = async (
  tx: Tx,
  beneficiaryId: string,
  proposals: readonly (Proposal | undefined)[],
): Promise<readonly (Duty | undefined)[]> => {
  const whole = proposals.flatMap((p) => (p === undefined ? [] : [proposed(tx, p)]));
  const verdict = await sodVerdict(tx, beneficiaryId, whole);
  if (verdict.conflicts.length === 0 && verdict.tolerated.length === 0) {
    return proposals.map((p) => (p === undefined ? undefined : { blocked: false, because: '', hits: [], verdict }));
  }
  const going: ProposedAccess[] = [];
  const known = new Set<string>();
  const duties: (Duty | undefined)[] = [];
  for (const p of proposals) {
    if (p === undefined) {
      duties.push(undefined);
      continue;
    }
    const next = proposed(tx, p);
    const duty = dutyOf(await sodVerdict(tx, beneficiaryId, [...going, next]));
    // A rule that an earlier line was warned about already is that line's.
    const fresh = duty.hits.filter((hit) => !known.has(JSON.stringify(hit)));
    duties.push({ ...duty, hits: fresh });
    if (!duty.blocked) {
      going.push(next);
      for (const hit of fresh) known.add(JSON.stringify(hit));
    }
  }
  return duties;
};
