import { sql, type Tx } from '#kit/db/index.ts';
import {
  passOverEverybody,
  standingConflicts,
  type PassRule,
  type PersonScope,
  type SodConflict,
  type SodFunction,
} from '#spine/decide/index.ts';

/** What a rule asks about; a stored rule or a draft of one. */
export interface Duties extends PersonScope {
  readonly functions: readonly SodFunction[];
  /** Only access on these systems counts; absent or empty: everywhere. */
  readonly systemIds?: readonly string[] | undefined;
}

/** A conflict that exists. */
export interface Violation {
  readonly identityId: string;
  readonly conflict: SodConflict;
  /** When the last side was taken up; null where that is not known. */
  readonly since: Date | null;
}

/**
 * Everybody who reaches at least one entitlement of every function of some rule now, and for whom that counts, in id
 * order; exceptions do not count. What leads to any of the entitlements is read once, however many the rules: it costs what their holders cost,
 * not what all identities cost.
 */
export const peopleInConflict = async (tx: Tx, rules: readonly Duties[]): Promise<string[]> => [
  ...(await passOverEverybody(tx, rules.map(forPass), 'all')).keys(),
];

// What a draft has not yet does not bear on who it finds.
const forPass = ({ functions, systemIds, orgUnits, personCondition }: Duties, i: number): PassRule => ({
  rule: { id: String(i), name: '', severity: 'low', mode: 'record', functions, systemIds, orgUnits, personCondition },
});

/** The conflicts one identity is in now, that no exception tolerates, of these rules only where any are named. */
export const violationsOf = async (tx: Tx, identityId: string, ruleIds?: readonly string[]): Promise<Violation[]> => {
  const conflicts = (await standingConflicts(tx, identityId)).filter(
    // What begins later, or again when an exception lapses, is none yet.
    ({ rule, validFrom }) => validFrom <= tx.now && (ruleIds === undefined || ruleIds.includes(rule.id)),
  );
  const began = await beginnings(tx, conflicts);
  return conflicts.map((conflict) => ({ identityId, conflict, since: sinceOf(conflict, began) }));
};

/** When the first steps of the paths began: grants, and what the person's own accounts hold. */
const beginnings = async (tx: Tx, conflicts: readonly SodConflict[]): Promise<ReadonlyMap<string, Date>> => {
  const firsts = conflicts.flatMap((c) => c.sides.flatMap((s) => s.access.map((a) => a.path)));
  const grants = firsts.flatMap(([first]) => (first?.kind === 'grant' ? [first.id] : []));
  const held = firsts.flatMap(([first, next]) =>
    first?.kind === 'account' && next?.kind === 'entitlement' ? [{ account: first.id, entitlement: next.id }] : [],
  );
  const rows = await tx.many<{ key: string; validFrom: Date }>(sql`
    select id::text as key, valid_from from access_grant where id = any(${grants}::uuid[])
    union all
    select h.account_id || ' ' || h.entitlement_id, h.valid_from from holding h
      join unnest(${held.map((h) => h.account)}::uuid[], ${held.map((h) => h.entitlement)}::uuid[]) as w(account_id, entitlement_id)
        on w.account_id = h.account_id and w.entitlement_id = h.entitlement_id
     where h.valid_to is null`);
  return new Map(rows.map((r) => [r.key, r.validFrom]));
};

const sinceOf = (conflict: SodConflict, began: ReadonlyMap<string, Date>): Date | null => {
  const sides = conflict.sides.map((side) => {
    const times = side.access.flatMap(({ path: [first, next] }) =>
      first === undefined ? [] : (began.get(first.kind === 'grant' ? first.id : `${first.id} ${next?.id ?? ''}`) ?? []),
    );
    return times.length === 0 ? undefined : Math.min(...times.map((t) => t.getTime()));
  });
  const known = sides.filter((t) => t !== undefined);
  return known.length < sides.length || known.length === 0 ? null : new Date(Math.max(...known));
};
