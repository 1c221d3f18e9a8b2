import { sql, type Tx } from '#kit/db/index.ts';
import type { Scope } from './merge-accounts.ts';
import { measure } from './stage-reading.ts';

export interface EntitlementChanges {
  readonly appeared: number;
  readonly gone: number;
  readonly withheld: number;
}

/** Brings staged entitlements into the graph; what people said of them stays. Those made by Reeve are never ended here. */
export async function mergeEntitlements(tx: Tx, scope: Scope): Promise<EntitlementChanges> {
  const { systemId, readAt, trusted } = scope;
  await tx.run(sql`
    update read_entitlement r set entitlement_id = e.id from entitlement e
     where e.system_id = ${systemId} and e.native_id = r.native_id and e.valid_to is null`);
  await measure(tx, 'read_entitlement');
  await tx.run(sql`
    update entitlement e
       set name = n.name, kind = n.kind, attributes = n.attributes, privileged_on_target = n.on_target,
           privileged = n.on_target or e.marked_privileged
      from read_entitlement r
      join entitlement o on o.id = r.entitlement_id
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
      from read_entitlement r
     where r.entitlement_id is null
       and not exists (select from entitlement e where e.system_id = ${systemId} and e.native_id = r.native_id
                          and e.valid_to is not null and e.recorded_from > ${readAt})`);
  await tx.run(sql`
    update read_entitlement r set entitlement_id = e.id from entitlement e where r.entitlement_id is null and e.id = r.id`);
  await measure(tx, 'read_entitlement');
  const missing = sql`
    e.system_id = ${systemId} and e.source = 'reading' and e.valid_to is null and e.recorded_from <= ${readAt}
    and not exists (select from read_entitlement r where r.native_id = e.native_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(sql`select count(*) as n from entitlement e where ${missing}`);
    return { appeared, gone: 0, withheld: n };
  }
  const gone = await tx.run(
    sql`update entitlement e set valid_to = greatest(e.valid_from, ${readAt}) where ${missing}`,
  );
  return { appeared, gone, withheld: 0 };
}

/** Brings staged nesting into the graph: edges that were read come and go with the target, those made here stay. */
export async function mergeNesting(tx: Tx, scope: Scope): Promise<number> {
  const { systemId, readAt, trusted } = scope;
  await tx.run(sql`
    insert into read_edge (parent_id, child_id)
    select p.entitlement_id, c.entitlement_id
      from read_nesting n
      join read_entitlement p on p.native_id = n.parent
      join read_entitlement c on c.native_id = n.child
     where p.entitlement_id is not null and c.entitlement_id is not null
    on conflict do nothing`);
  await measure(tx, 'read_edge');
  await tx.run(sql`
    insert into entitlement_edge (parent_id, child_id, source, valid_from)
    select s.parent_id, s.child_id, 'reading', ${readAt}::timestamptz from read_edge s
     where not exists (select from entitlement_edge e
                        where e.parent_id = s.parent_id and e.child_id = s.child_id and e.valid_to is null)
    on conflict (parent_id, child_id, valid_from) do update set valid_to = null`);
  const missing = sql`
    p.id = e.parent_id and p.system_id = ${systemId} and e.source = 'reading' and e.valid_to is null
    and e.recorded_from <= ${readAt}
    and not exists (select from read_edge s where s.parent_id = e.parent_id and s.child_id = e.child_id)`;
  if (!trusted) {
    const { n } = await tx.one<{ n: number }>(
      sql`select count(*) as n from entitlement_edge e, entitlement p where ${missing}`,
    );
    return n;
  }
  await tx.run(
    sql`update entitlement_edge e set valid_to = greatest(e.valid_from, ${readAt}) from entitlement p where ${missing}`,
  );
  return 0;
}
