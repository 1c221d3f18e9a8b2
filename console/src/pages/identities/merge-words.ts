import type { MergePlan } from '../../api/merging.ts';

/** What becomes of a grant. */
export const GRANT_WORDS: Readonly<Record<MergePlan['grants'][number]['what'], string>> = {
  moves: 'ends, and an equal one starts',
  same: 'ends; there is one like it already',
  ends: 'ends, and nothing starts for it',
  again: 'is given back; the other keeps theirs',
};
/** What becomes of a row of a source. */
export const RECORD_WORDS: Readonly<Record<MergePlan['records'][number]['what'], string>> = {
  moves: 'is about them from the next delivery on',
  put_aside: 'is known to be the same person, and not read',
  taken_up: 'is read again',
};
const CHARGE_WORDS: Readonly<Record<MergePlan['charges'][number]['what'], string>> = {
  reports: 'Reports to them',
  owned: 'They answer for it',
  entitlements: 'Owned entitlement',
  roles: 'Owned role',
  systems: 'Owned system',
};

/** One line of what a merge does. */
export interface MergeRow {
  readonly id: string;
  readonly what: string;
  readonly name: string;
  readonly becomes: string;
}

const factRows = (whose: string, facts: MergePlan['facts']['to']): MergeRow[] =>
  facts.map((f) => ({
    id: `fact ${whose} ${f.fact}`,
    what: `Fact of ${whose}`,
    name: f.fact,
    becomes: `${f.before ?? 'nothing'} → ${f.after ?? 'nothing'}`,
  }));

/** A plan as lines to read, accounts first. */
export const rowsOf = (
  plan: MergePlan,
  words: { readonly grants: typeof GRANT_WORDS; readonly records: typeof RECORD_WORDS },
): MergeRow[] => [
  ...plan.accounts.map((a) => ({ id: a.id, what: 'Account', name: a.name, becomes: 'goes over' })),
  ...plan.grants.map((g) => ({ id: g.id, what: 'Grant', name: g.name, becomes: words.grants[g.what] })),
  ...plan.records.map((r) => ({
    id: `${r.source} ${r.externalId}`,
    what: 'Row of a source',
    name: `${r.externalId} in ${r.source}`,
    becomes: words.records[r.what],
  })),
  ...plan.charges.map((c) => ({
    id: `${c.what} ${c.id}`,
    what: CHARGE_WORDS[c.what],
    name: c.name,
    becomes: 'goes over',
  })),
  ...factRows(plan.from.displayName, plan.facts.from),
  ...factRows(plan.to.displayName, plan.facts.to),
];
