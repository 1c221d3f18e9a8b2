import type { Tx } from '#kit/db/index.ts';
import {
  concernsSod,
  describeConflict,
  sodVerdictsInTurn,
  type ProposedAccess,
  type SodVerdict,
} from '#spine/decide/index.ts';
import type { Differences } from './find-differences.ts';
import type { BirthrightRule } from './model.ts';

/** What separation of duties does not let a rule give somebody, and why in words. */
export interface BlockedStart {
  readonly identityId: string;
  readonly rule: BirthrightRule;
  readonly because: string;
  readonly verdict: SodVerdict;
}

/** What separation of duties says to a rule giving somebody something. */
export interface JudgedStart {
  readonly identityId: string;
  readonly rule: BirthrightRule;
  readonly verdict: SodVerdict;
}

const proposalOf = (tx: Tx, rule: BirthrightRule): ProposedAccess => ({
  entitlementId: rule.entitlementId ?? undefined,
  roleId: rule.roleId ?? undefined,
  validFrom: tx.now,
  validTo: null,
});

/** The rules that give something a rule of separation of duties speaks of: what others give need not be judged. */
export async function rulesToJudge(tx: Tx, rules: readonly BirthrightRule[]): Promise<readonly BirthrightRule[]> {
  const concerned = await concernsSod(
    tx,
    rules.map((rule) => proposalOf(tx, rule)),
  );
  return rules.filter((_, i) => concerned[i]);
}

/**
 * What separation of duties says to the starts, where it says anything: the same to a rule as to a request. Each
 * person's are judged in turn, in the order of the rules. `ending` names grants that end before, and when; those that
 * have ended already need no naming.
 */
export async function judgedStarts(
  tx: Tx,
  people: readonly Pick<Differences, 'identityId' | 'starts'>[],
  ending: ReadonlyMap<string, ReadonlyMap<string, Date>> = new Map(),
): Promise<JudgedStart[]> {
  const starting = people.filter((p) => p.starts.length > 0);
  const verdicts = await sodVerdictsInTurn(
    tx,
    starting.map(({ identityId, starts }) => ({
      identityId,
      wanted: starts.map((rule) => proposalOf(tx, rule)),
      ending: ending.get(identityId),
    })),
  );
  return starting.flatMap(({ identityId, starts }, person) =>
    starts.flatMap((rule, i) => {
      const verdict = verdicts[person]?.[i];
      return verdict === undefined || (verdict.outcome === 'clear' && verdict.tolerated.length === 0)
        ? []
        : [{ identityId, rule, verdict }];
    }),
  );
}

/** Those of the judged starts that separation of duties does not let be. */
export const blockedOf = (judged: readonly JudgedStart[]): BlockedStart[] =>
  judged.flatMap((start) => {
    const conflict = start.verdict.conflicts.find((c) => c.rule.mode === 'enforce');
    return conflict === undefined ? [] : [{ ...start, because: describeConflict(conflict) }];
  });

/** Those of the starts that separation of duties does not let be. */
export const blockedStarts = async (...asked: Parameters<typeof judgedStarts>): Promise<BlockedStart[]> =>
  blockedOf(await judgedStarts(...asked));
