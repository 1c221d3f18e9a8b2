import { sql, type Tx } from '#kit/db/index.ts';
import { measure } from '../stage/open-stage.ts';
import type { Changed } from './merge-accounts.ts';
import type { Scope } from './scope.ts';

/** Says what the staged entitlements are in the graph, as `meetAccounts` does for accounts. */
export async function meetEntitlements(tx: Tx, { systemId, readAt }: Scope): Promise<void> {
  const known = await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select r.native_id, e.id, false from read_entitlement r
      join entitlement e on e.system_id = ${systemId} and e.native_id = r.native_id and e.valid_to is null`);
  const fresh = await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select r.native_id, r.id, true from read_entitlement r
     where not exists (select from entitlement e where e.system_id = ${systemId} and e.native_id = r.native_id and e.valid_to is null)
       and not exists (select from entitlement e where e.system_id = ${systemId} and e.native_id = r.native_id
                          and e.valid_to is not null and e.recorded_from > ${readAt})`);
  await measure(tx, 'met_entitlement', known + fresh);
}

/** Brings staged entitlements into the graph; what people said of them stays. Those made by Reeve are never ended here. */
export async function mergeEntitlements(
  tx: Tx,
  scope: Scope,
  trusted: boolean,
): Promise<Changed & { readonly withheld: number }> {
  const { systemId, readAt } = scope;
  const changed = await tx.run(sql`
    update entitlement e
       set name = n.name, kind = n.kind, attributes = n.attributes, privileged_on_target = n.on_target,
           privileged = n.on_target or e.marked_privileged
      from read_entitlement r
      join met_entitlement m on m.native_id = r.native_id and not m.fresh
      join entitlement o on o.id = m.entitlement_id
      cross join lateral (select
        case when ${trusted}::boolean then r.name else o.name end as name,
        case when o.source = 'reading' then r.kind else o.kind end as kind,
        case when ${trusted}::boolean then r.attributes else o.attributes end as attributes,
        r.privileged or (o.privileged_on_target and not ${trusted}::boolean) as on_target
      ) n
     where e.id = o.id
       and (o.name, o.kind, o.attributes, o.privileged_on_target) is distinct from (n.name, n.kind, n.attributes, n.on_target)`);
  const appeared = await tx.run(sql`
    insert into entitlement (id, system_id, kind, native_id, name, risk, privileged, privileged_on_target, source,
                             attributes, valid_from)
    select r.id, ${systemId}::uuid, r.kind, r.native_id, r.name, case when r.privileged then 'high' else 'medium' end,
           r.privileged, r.privileged, 'reading', r.attributes, ${readAt}::timestamptz
      from read_entitlement r join met_entitlement m on m.native_id = r.native_id and m.fresh`);
  const missing = sql`
    select e.id from (${scope.entitlements}) e
     where e.source = 'reading' and e.valid_to is null and e.recorded_from <= ${readAt}
       and not exists (select from read_entitlement r where r.native_id = e.native_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from (${missing}) m`);
    return { appeared, changed, gone: 0, withheld: n };
  }
  const gone = await tx.run(
    sql`update entitlement e set valid_to = greatest(e.valid_from, ${readAt}) from (${missing}) m where e.id = m.id`,
  );
  return { appeared, changed, gone, withheld: 0 };
}

/** Brings staged nesting into the graph: edges that were read come and go with the target, those made here stay. */
export async function mergeNesting(
  tx: Tx,
  scope: Scope,
  trusted: boolean,
): Promise<{ readonly changed: number; readonly withheld: number }> {
  const { readAt } = scope;
  const met = await tx.run(sql`
    insert into met_edge (parent_id, child_id)
    select distinct p.entitlement_id, c.entitlement_id
      from read_nesting n
      join met_entitlement p on p.native_id = n.parent
      join met_entitlement c on c.native_id = n.child`);
  await measure(tx, 'met_edge', met);
  const came = await tx.run(sql`
    insert into entitlement_edge (parent_id, child_id, source, valid_from)
    select s.parent_id, s.child_id, 'reading', ${readAt}::timestamptz from met_edge s
     where not exists (select from entitlement_edge e
                        where e.parent_id = s.parent_id and e.child_id = s.child_id and e.valid_to is null)
    on conflict (parent_id, child_id, valid_from) do update set valid_to = null`);
  const missing = sql`
    select e.parent_id, e.child_id from (${scope.edges}) e
     where e.source = 'reading' and e.valid_to is null and e.recorded_from <= ${readAt}
       and not exists (select from met_edge s where s.parent_id = e.parent_id and s.child_id = e.child_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from (${missing}) m`);
    return { changed: came, withheld: n };
  }
  const went = await tx.run(sql`
    update entitlement_edge e set valid_to = greatest(e.valid_from, ${readAt}) from (${missing}) m
     where e.parent_id = m.parent_id and e.child_id = m.child_id and e.valid_to is null`);
  return { changed: came + went, withheld: 0 };
}
