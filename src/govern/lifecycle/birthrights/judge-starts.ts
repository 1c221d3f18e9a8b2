import type { Tx } from '#kit/db/index.ts';
import { concernsSod, describeConflict, sodVerdictsInTurn, type ProposedAccess } from '#spine/decide/index.ts';
import type { Differences } from './find-differences.ts';
import type { BirthrightRule } from './model.ts';

/** What separation of duties does not let a rule give somebody, and why in words. */
export interface BlockedStart {
  readonly identityId: string;
  readonly rule: BirthrightRule;
  readonly because: string;
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
 * Those of the starts that separation of duties does not let be: it says the same to a rule as to a request. Each
 * person's are judged in turn, in the order of the rules. `ending` names grants that end before, and when; those that
 * have ended already need no naming.
 */
export async function blockedStarts(
  tx: Tx,
  people: readonly Pick<Differences, 'identityId' | 'starts'>[],
  ending: ReadonlyMap<string, ReadonlyMap<string, Date>> = new Map(),
): Promise<BlockedStart[]> {
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
      const conflict = verdicts[person]?.[i]?.conflicts.find((c) => c.rule.mode === 'enforce');
      return conflict === undefined ? [] : [{ identityId, rule, because: describeConflict(conflict) }];
    }),
  );
}
