import { sql, type Tx } from '#kit/db/index.ts';
import type { Evidence, Reason } from './model.ts';

/** Evidence with what it is called now; null where nobody is left to say. */
export interface NamedEvidence extends Evidence {
  readonly name: string | null;
  readonly throughName: string | null;
}
export interface NamedReason extends Omit<Reason, 'of'> {
  readonly of: readonly NamedEvidence[];
}

/** The reasons of these with the names of what they rest on, read with one statement for all. */
export async function nameReasons<T extends { readonly reasons: readonly Reason[] }>(
  tx: Tx,
  rows: readonly T[],
): Promise<(Omit<T, 'reasons'> & { readonly reasons: readonly NamedReason[] })[]> {
  const all = rows.flatMap(({ reasons }) => reasons.flatMap((r) => r.of));
  const ids = [...new Set(all.flatMap((e) => [e.id, ...(e.through ? [e.through] : [])]))];
  const named = await tx.many<{ id: string; name: string }>(sql`
    with asked(id) as (select unnest(${sql.array(ids)}::uuid[]))
    select e.id, e.name || ' on ' || s.name as name from asked join entitlement e using (id) join system s on s.id = e.system_id
    union all select r.id, r.name from asked join role r using (id)
    union all select a.id, a.name || ' on ' || s.name from asked join account a using (id) join system s on s.id = a.system_id
    union all select id, (select f.display_name from identity_facts f where f.identity_id = asked.id order by f.valid_from desc limit 1)
      from asked join identity using (id)
    union all select r.id, r.name from asked join sod_rule r using (id)
    union all select x.id, r.name from asked join sod_exception x using (id) join sod_rule r on r.id = x.rule_id
    union all select m.id, 'role mining of ' || to_char(m.settled_at at time zone 'UTC', 'YYYY-MM-DD') from asked join mining_run m using (id)
    union all select u.id, p.name || ', ' || to_char(u.used_at at time zone 'UTC', 'YYYY-MM-DD')
      from asked join emergency_use u using (id) join emergency_path p on p.id = u.path_id
    union all select s.id, s.action || ', ' || to_char(s.asked_at at time zone 'UTC', 'YYYY-MM-DD') from asked join step_up s using (id)`);
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    ...row,
    reasons: row.reasons.map((reason) => ({
      ...reason,
      of: reason.of.map((e) => ({
        ...e,
        name: names.get(e.id) ?? null,
        throughName: e.through ? (names.get(e.through) ?? null) : null,
      })),
    })),
  }));
}
