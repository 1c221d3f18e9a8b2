import type { Tx } from '#kit/db/index.ts';
import {
  describeConflict,
  sodVerdictsInTurn,
  type ProposedAccess,
  type SodConflict,
  type SodVerdict,
} from '#spine/decide/index.ts';
import type { SodHit } from '../model.ts';

/** What would begin then (absent: now) and last until `validTo`; null: without an end. */
export interface Proposal {
  readonly target: { readonly kind: 'entitlement' | 'role'; readonly id: string };
  readonly validFrom?: Date | undefined;
  readonly validTo: Date | null;
}

/** What separation of duties says to one line. */
export interface Duty {
  readonly blocked: boolean;
  readonly because: string;
  readonly hits: readonly SodHit[];
  readonly verdict: SodVerdict;
}

const proposed = (tx: Tx, { target, validFrom, validTo }: Proposal): ProposedAccess => ({
  ...(target.kind === 'role' ? { roleId: target.id } : { entitlementId: target.id }),
  validFrom: validFrom ?? tx.now,
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

/** What one person would get, in turn; absent proposals were refused for another reason. */
export interface ProposedLines {
  readonly beneficiaryId: string;
  /** What they have asked for and not got yet: the rest is judged as if they had it. */
  readonly waiting?: readonly Proposal[];
  readonly proposals: readonly (Proposal | undefined)[];
}

/**
 * Judges the lines of many people's requests, each person's in their order and together with those before it that were
 * not blocked. Costs the same few statements however many people and lines.
 */
export const judgeDutiesOf = async (
  tx: Tx,
  people: readonly ProposedLines[],
): Promise<readonly (readonly (Duty | undefined)[])[]> => {
  const verdicts = await sodVerdictsInTurn(
    tx,
    people.map(({ beneficiaryId, waiting = [], proposals }) => ({
      identityId: beneficiaryId,
      wanted: [...waiting, ...proposals].flatMap((p) => (p === undefined ? [] : [proposed(tx, p)])),
    })),
  );
  return people.map(({ waiting = [], proposals }, i) => {
    const given = (verdicts[i] ?? []).slice(waiting.length);
    return proposals.map((p) => {
      const verdict = p === undefined ? undefined : given.shift();
      return verdict === undefined ? undefined : dutyOf(verdict);
    });
  });
};

/** As `judgeDutiesOf` for one person. */
export const judgeDuties = async (
  tx: Tx,
  beneficiaryId: string,
  proposals: readonly (Proposal | undefined)[],
): Promise<readonly (Duty | undefined)[]> => (await judgeDutiesOf(tx, [{ beneficiaryId, proposals }]))[0] ?? [];
