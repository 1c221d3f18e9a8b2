import { sql, type Tx } from '#kit/db/index.ts';
import { measure } from '../stage/open-stage.ts';
import type { Changed } from './merge-accounts.ts';
import type { Scope } from './scope.ts';

/** How much of its members a thing keeps that is taken for the same under another name, where its stable id proves nothing alone. */
const KEPT = 0.5;

/**
 * Finds what has another native id than before and is the same by what the target keeps. A stable id that is given
 * again proves nothing alone: then at least half of those who have it must have had what it was called before.
 */
async function findRenamed(tx: Tx, { systemId, readAt }: Scope): Promise<void> {
  const renamed = await tx.run(sql`
    insert into renamed_entitlement (entitlement_id, native_id, was)
    select e.id, r.native_id, e.native_id
      from read_entitlement r
      join entitlement e on e.system_id = ${systemId} and e.stable_id = r.stable_id and e.kind = r.kind
       and e.native_id <> r.native_id and e.valid_to is null and e.recorded_from <= ${readAt}
     where r.stable_id is not null
       and (select count(*) from read_entitlement o where o.stable_id = r.stable_id and o.kind = r.kind) = 1
       and (select count(*) from entitlement o where o.system_id = ${systemId} and o.stable_id = r.stable_id
               and o.kind = r.kind and o.valid_to is null) = 1
       and not exists (select from read_entitlement o where o.native_id = e.native_id)
       and not exists (select from entitlement o where o.system_id = ${systemId} and o.native_id = r.native_id and o.valid_to is null)
       and (r.returns is not true or exists (
         select from (
           select count(*) filter (where now_has and had) as both_times, greatest(count(*) filter (where now_has), count(*) filter (where had)) as most
             from (select bool_or(now_has) as now_has, bool_or(had) as had from (
               select h.account, true as now_has, false as had from read_holding h where h.entitlement = r.native_id
               union all
               select a.native_id, false, true from holding h join account a on a.id = h.account_id
                where h.entitlement_id = e.id and h.valid_to is null) m group by m.account) m
         ) k where k.both_times > 0 and k.both_times >= k.most * ${KEPT}::float8))`);
  await measure(tx, 'renamed_entitlement', renamed);
}

/** Says what the staged entitlements are in the graph, as `meetAccounts` does for accounts. */
export async function meetEntitlements(tx: Tx, scope: Scope): Promise<void> {
  const { systemId, readAt } = scope;
  await findRenamed(tx, scope);
  const known = await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select r.native_id, e.id, false from read_entitlement r
      join entitlement e on e.system_id = ${systemId} and e.native_id = r.native_id and e.valid_to is null
    union all
    select native_id, entitlement_id, false from renamed_entitlement`);
  const fresh = await tx.run(sql`
    insert into met_entitlement (native_id, entitlement_id, fresh)
    select r.native_id, r.id, true from read_entitlement r
     where not exists (select from entitlement e where e.system_id = ${systemId} and e.native_id = r.native_id and e.valid_to is null)
       and not exists (select from renamed_entitlement n where n.native_id = r.native_id)
       and not exists (select from entitlement e where e.system_id = ${systemId} and e.native_id = r.native_id
                          and e.valid_to is not null and e.recorded_from > ${readAt})`);
  await measure(tx, 'met_entitlement', known + fresh);
}

/**
 * Brings staged entitlements into the graph; what people said of them stays, also under another name. Those made by
 * Reeve are never ended here.
 */
export async function mergeEntitlements(
  tx: Tx,
  scope: Scope,
  trusted: boolean,
): Promise<Changed & { readonly withheld: number }> {
  const { systemId, readAt } = scope;
  const changed = await tx.run(sql`
    update entitlement e
       set name = n.name, kind = n.kind, attributes = n.attributes, privileged_on_target = n.on_target,
           privileged = n.on_target or e.marked_privileged, native_id = n.native_id, stable_id = n.stable_id,
           renamed_from = case when n.native_id <> e.native_id then e.native_id else e.renamed_from end,
           renamed_at = case when n.native_id <> e.native_id then ${readAt}::timestamptz else e.renamed_at end
      from read_entitlement r
      join met_entitlement m on m.native_id = r.native_id and not m.fresh
      join entitlement o on o.id = m.entitlement_id
      cross join lateral (select
        case when ${trusted}::boolean then r.name else o.name end as name,
        case when o.source = 'reading' then r.kind else o.kind end as kind,
        case when ${trusted}::boolean then r.attributes else o.attributes end as attributes,
        case when ${trusted}::boolean then r.native_id else o.native_id end as native_id,
        case when ${trusted}::boolean then r.stable_id else coalesce(o.stable_id, r.stable_id) end as stable_id,
        r.privileged or (o.privileged_on_target and not ${trusted}::boolean) as on_target
      ) n
     where e.id = o.id
       and (o.name, o.kind, o.attributes, o.privileged_on_target, o.native_id, o.stable_id)
           is distinct from (n.name, n.kind, n.attributes, n.on_target, n.native_id, n.stable_id)`);
  const appeared = await tx.run(sql`
    insert into entitlement (id, system_id, kind, native_id, name, risk, privileged, privileged_on_target, source,
                             attributes, stable_id, valid_from)
    select r.id, ${systemId}::uuid, r.kind, r.native_id, r.name, case when r.privileged then 'high' else 'medium' end,
           r.privileged, r.privileged, 'reading', r.attributes, r.stable_id, ${readAt}::timestamptz
      from read_entitlement r join met_entitlement m on m.native_id = r.native_id and m.fresh`);
  const missing = sql`
    select e.id from (${scope.entitlements}) e
     where e.source = 'reading' and e.valid_to is null and e.recorded_from <= ${readAt}
       and not exists (select from read_entitlement r where r.native_id = e.native_id)
       and not exists (select from renamed_entitlement n where n.entitlement_id = e.id)`;
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
