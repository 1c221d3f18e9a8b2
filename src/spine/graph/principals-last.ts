import { sql, type Tx } from '#kit/db/index.ts';
import { isUuid } from './is-uuid.ts';

/**
 * Until when what `loadPrincipals` says of each stays so if nobody changes anything: the next instant at which a row it
 * rests on, or could come to rest on by time alone, begins or ends. Left out where there is none.
 */
export async function principalsLast(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const rows = await tx.many<{ readonly id: string; readonly until: Date }>(
    sql.named(
      'graph_principals_last',
      sql`
      with recursive
        asked(id) as (select unnest(${ids.filter(isUuid)}::uuid[])),
        instant(at) as (select ${tx.now}::timestamptz),
        -- As what is reached now, and besides what has not begun.
        reachable(identity_id, entitlement_id, role_id, valid_from, valid_to) as (
          select g.identity_id, g.entitlement_id, g.role_id, g.valid_from, g.valid_to
            from asked join access_grant g on g.identity_id = asked.id cross join instant
           where g.ended_because is null and (g.valid_to is null or g.valid_to > at)
          union
          select r.identity_id, n.entitlement_id, n.role_id, n.valid_from, n.valid_to
            from reachable r cross join instant cross join lateral (
              select c.entitlement_id, c.child_role_id as role_id, c.valid_from, c.valid_to from role_content c
               where c.role_id = r.role_id and (c.valid_to is null or c.valid_to > at)
              union all
              select e.child_id, null, e.valid_from, e.valid_to from entitlement_edge e
               where e.parent_id = r.entitlement_id and (e.valid_to is null or e.valid_to > at)
            ) n
        ),
        spans(id, valid_from, valid_to) as (
          select identity_id, valid_from, valid_to from reachable
          union all
          select r.identity_id, t.valid_from, t.valid_to
            from reachable r join entitlement t on t.id = r.entitlement_id
           where t.kind in ('admin_role', 'secret_folder')
          union all
          select f.identity_id, f.valid_from, f.valid_to from asked join identity_facts f on f.identity_id = asked.id
          union all
          select l.identity_id, l.placed_at, l.ends_at from asked join access_lock l on l.identity_id = asked.id
           where l.lifted_at is null
        )
      select id, min(edge) as until
        from spans cross join instant cross join lateral (values (valid_from), (valid_to)) as e(edge)
       where edge > at group by id`,
    ),
  );
  return new Map(rows.map(({ id, until }) => [id, until]));
}
