import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { page, readCursor } from '#kit/http/index.ts';
import { suggestDescription } from './suggest-description.ts';

export const REASONS = ['no_owner', 'no_description', 'owner_left', 'unreviewed', 'renamed', 'gone_in_use'] as const;
export type Reason = (typeof REASONS)[number];

export interface QueueFilter {
  readonly systemId?: string | undefined;
  readonly reason?: Reason | undefined;
  /** Only what this identity owns or sees to as a steward. */
  readonly seenToBy?: string | undefined;
}

/** What names an entitlement here: a tombstone that is named by nothing needs nobody. */
export const IN_USE: Sql = sql`(
     exists (select from access_grant g where g.entitlement_id = e.id and g.ended_because is null)
  or exists (select from role_content c join role r on r.id = c.role_id and r.valid_to is null where c.entitlement_id = e.id and c.valid_to is null)
  or exists (select from sod_rule_function s join sod_rule r on r.id = s.rule_id and r.valid_to is null where s.entitlement_id = e.id)
  or exists (select from birthright_rule b where b.entitlement_id = e.id and b.valid_to is null)
  or exists (select from entitlement_prerequisite p join entitlement n on n.id = p.entitlement_id and n.valid_to is null where p.needs_id = e.id)
  or exists (select from request_line l where l.entitlement_id = e.id and l.state = 'pending'))`;

const YEAR = sql`interval '1 year'`;

/** The rows somebody has to see to (`id`, `reasons`), each with every reason there is. */
export function queueQuery(filter: QueueFilter, now: Date): Sql {
  const mine =
    filter.seenToBy === undefined
      ? sql`true`
      : sql`(e.owner_id = ${filter.seenToBy} or exists (
          select from entitlement_steward s where s.identity_id = ${filter.seenToBy} and (s.system_id = e.system_id or s.tag = any(e.tags))))`;
  const reason = filter.reason === undefined ? sql`cardinality(q.reasons) > 0` : sql`${filter.reason} = any(q.reasons)`;
  return sql`
    select e.id, e.name, e.system_id, q.reasons
      from entitlement e
      join system y on y.id = e.system_id and y.kind <> 'reeve'
      left join lateral (select f.state from identity_facts f where f.identity_id = e.owner_id and f.valid_from <= ${now}
                            and (f.valid_to is null or f.valid_to > ${now})) o on true
      cross join lateral (select array_remove(
        case when e.valid_to is not null then array[case when ${IN_USE} then 'gone_in_use' end]
        else array[
          case when e.owner_id is null then 'no_owner' end,
          case when btrim(coalesce(e.description, '')) = '' then 'no_description' end,
          case when o.state = 'leaver' then 'owner_left' end,
          case when e.owner_id is not null and coalesce(e.reviewed_at, e.valid_from) < ${now}::timestamptz - ${YEAR} then 'unreviewed' end,
          case when e.renamed_at > coalesce(e.reviewed_at, '-infinity') then 'renamed' end] end, null) as reasons) q
     where ${filter.systemId === undefined ? sql`true` : sql`e.system_id = ${filter.systemId}`} and ${mine} and ${reason}`;
}

/** One page of what has to be seen to, by name. */
export async function listQueue(
  tx: Tx,
  input: { readonly filter: QueueFilter; readonly cursor?: string | undefined; readonly limit: number },
) {
  const after = readCursor(input.cursor, ['name', 'id']);
  const rows = await tx.many<{
    id: string;
    name: string;
    systemId: string;
    systemName: string;
    kind: string;
    nativeId: string;
    reasons: Reason[];
    ownerName: string | null;
    goneSince: Date | null;
    renamedFrom: string | null;
    renamedAt: Date | null;
    description: string | null;
    nativeComment: string | null;
    children: string[];
    namedBy: string[];
  }>(sql`
    with queue as (
      select q.* from (${queueQuery(input.filter, tx.now)}) q
       where ${after === undefined ? sql`true` : sql`(q.name, q.id) > (${after[0]}, ${after[1]}::uuid)`}
       order by q.name, q.id limit ${input.limit + 1}
    )
    select q.id, q.name, q.system_id, y.name as system_name, e.kind, e.native_id, q.reasons, e.valid_to as gone_since,
           e.renamed_from, e.renamed_at, e.description, coalesce(e.attributes->>'description', e.attributes->>'comment') as native_comment,
           (select f.display_name from identity_facts f where f.identity_id = e.owner_id and f.valid_from <= ${tx.now} order by f.valid_from desc limit 1) as owner_name,
           array(select c.name from entitlement_edge n join entitlement c on c.id = n.child_id where n.parent_id = e.id and n.valid_to is null order by 1 limit 20) as children,
           case when e.valid_to is null then '{}' else array(
             select distinct 'role ' || r.name from role_content c join role r on r.id = c.role_id and r.valid_to is null where c.entitlement_id = e.id and c.valid_to is null
             union select distinct 'rule ' || r.name from sod_rule_function s join sod_rule r on r.id = s.rule_id and r.valid_to is null where s.entitlement_id = e.id
             union select 'birthright ' || b.name from birthright_rule b where b.entitlement_id = e.id and b.valid_to is null order by 1) end as named_by
      from queue q join entitlement e on e.id = q.id join system y on y.id = q.system_id order by q.name, q.id`);
  const found = page(rows, input.limit, (r) => [r.name, r.id]);
  return {
    ...found,
    items: found.items.map(({ children, nativeComment, description, ...row }) => ({
      ...row,
      suggestion:
        description === null && row.goneSince === null
          ? suggestDescription({ ...row, children, nativeComment: nativeComment ?? undefined })
          : null,
    })),
  };
}

/** How many there are of each reason. */
export async function countQueue(tx: Tx, filter: QueueFilter): Promise<Readonly<Record<Reason, number>>> {
  const rows = await tx.many<{ reason: Reason; n: number }>(
    sql`select reason, count(*)::int as n from (${queueQuery(filter, tx.now)}) q cross join unnest(q.reasons) reason group by 1`,
  );
  return Object.fromEntries(REASONS.map((r) => [r, rows.find((row) => row.reason === r)?.n ?? 0])) as Record<
    Reason,
    number
  >;
}
