import type { Tx } from '#kit/db/index.ts';
import { effectiveAccessOf, type Access } from '#spine/graph/index.ts';
import type { HeldAccess, SodException } from './model.ts';
import {
  CLEAR,
  comingWithEach,
  foreverFrom,
  heldOf,
  judge,
  namedBy,
  type ProposedAccess,
  type SodVerdict,
} from './sod-verdict.ts';
import { scopeOf } from './person-scope.ts';
import { exceptionsOfAll, rulesTouching, type StoredRule } from './store.ts';

/** What one person would get, in turn, once some of what they have has ended. */
export interface ProposedInTurn {
  readonly identityId: string;
  readonly wanted: readonly ProposedAccess[];
  /** Grants that end first, and when: from then on they give nothing. */
  readonly ending?: ReadonlyMap<string, Date> | undefined;
}

/**
 * What separation of duties says to proposals for many people, each person's judged in turn: what is not blocked
 * counts as had when the next one is judged. Every verdict is the one `sodVerdict` would give if each were granted
 * before the next is asked about, in the order of `people` and of what each wants. Costs four statements, however many
 * people, and reads only the access of those for whom a rule names something they would get.
 */
export async function sodVerdictsInTurn(
  tx: Tx,
  people: readonly ProposedInTurn[],
): Promise<readonly (readonly SodVerdict[])[]> {
  const { coming, rulesOf, named } = await whatComes(
    tx,
    people.flatMap((p) => p.wanted),
  );
  const concerned = people.filter((p) => p.wanted.some((w) => rulesOf(w).length > 0)).map((p) => p.identityId);
  const counts = await scopeOf(
    tx,
    concerned,
    people.flatMap((p) => p.wanted.flatMap((w) => rulesOf(w))),
  );
  const access = await effectiveAccessOf(tx, concerned, { ...foreverFrom(tx), only: named });
  const exceptions = new Map<string, SodException[]>(concerned.map((id) => [id, []]));
  for (const { identityId, ...exception } of await exceptionsOfAll(tx, concerned))
    exceptions.get(identityId)?.push(exception);
  return people.map(({ identityId, wanted, ending }) => {
    const held = heldOf(tx, without(access.get(identityId) ?? [], ending));
    return wanted.map((proposal) => {
      const rules = rulesOf(proposal).filter((rule) => counts(rule, identityId));
      if (rules.length === 0) return CLEAR;
      const verdict = judge(rules, held, coming(proposal), exceptions.get(identityId) ?? []);
      if (verdict.outcome !== 'blocked') held.push(...coming(proposal));
      return verdict;
    });
  });
}

/** Whether any rule in force names something each of these proposals brings along: of others, nothing can be said. */
export async function concernsSod(tx: Tx, proposed: readonly ProposedAccess[]): Promise<readonly boolean[]> {
  const { rulesOf } = await whatComes(tx, proposed);
  return proposed.map((proposal) => rulesOf(proposal).length > 0);
}

const without = (access: readonly Access[], ending: ReadonlyMap<string, Date> | undefined): readonly Access[] =>
  ending === undefined
    ? access
    : access.map((row) => {
        const end = ending.get(row.sourceId);
        return end === undefined || (row.validTo !== null && row.validTo <= end) ? row : { ...row, validTo: end };
      });

const keyOf = (proposal: ProposedAccess): string =>
  `${proposal.entitlementId ?? proposal.roleId} ${proposal.validFrom.getTime()} ${proposal.validTo?.getTime() ?? ''}`;

interface WhatComes {
  readonly coming: (proposal: ProposedAccess) => readonly HeldAccess[];
  /** The rules that name something the proposal brings along, by name. */
  readonly rulesOf: (proposal: ProposedAccess) => readonly StoredRule[];
  /** Every entitlement these rules name. */
  readonly named: ReadonlySet<string>;
}

/** What proposals bring along, and the rules that speak of it: one that many people get is looked up once. */
async function whatComes(tx: Tx, proposed: readonly ProposedAccess[]): Promise<WhatComes> {
  const different = new Map(proposed.map((p) => [keyOf(p), p]));
  const each = await comingWithEach(tx, [...different.values()]);
  const coming = new Map([...different.keys()].map((key, i) => [key, each[i] ?? []]));
  const rules = await rulesTouching(tx, [...new Set(each.flat().map((held) => held.entitlementId))]);
  const touched = new Map(
    [...coming].map(([key, held]) => {
      const ids = new Set(held.map((h) => h.entitlementId));
      return [key, rules.filter((r) => r.functions.some((f) => f.entitlementIds.some((id) => ids.has(id))))];
    }),
  );
  return {
    coming: (proposal) => coming.get(keyOf(proposal)) ?? [],
    rulesOf: (proposal) => touched.get(keyOf(proposal)) ?? [],
    named: namedBy(rules),
  };
}
