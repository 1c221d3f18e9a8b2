import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { known, lastResorts, live, thing, type Range } from '../freeze-items.ts';
import type { Campaign } from '../model.ts';
import type { Seated } from '../reviewing/seated.ts';
import { between, evidenceOf, routedTo } from './route.ts';

/** Every open account that nobody answers for, as it was at an instant. The owner of its system is asked. */
export async function orphanRows(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  const resorts = await lastResorts(tx, campaign, at);
  return sql`
    with p as materialized (
      select a.id, a.name, a.kind, a.valid_from, a.last_used_at, a.privileged, case when a.privileged then 'high' else 'medium' end as risk,
             s.name as system_name, s.owner_id as system_owner_id
        from ${known('account', at, between(range))} a join ${thing('system', at)} s on s.id = a.system_id
       where a.identity_id is null and a.state = 'active' and a.valid_from <= ${at} and (a.valid_to is null or a.valid_to > ${at})
         and ${inScope(campaign)}
    )
    select p.id as subject_id, null::uuid as identity_id, p.id as thing_id, 'account ' || p.name || ' on ' || p.system_name as what,
           routed.routed, routed.reviewer_id, p.privileged, p.risk, null::text as department, null::uuid as account_id, null::uuid as entitlement_id,
           ${evidenceOf({
             origin: 'account',
             reason: sql`null::text`,
             since: sql`p.valid_from`,
             until: sql`null::timestamptz`,
             lastUse: sql`p.last_used_at`,
             about: sql`jsonb_build_object('kind of account', p.kind, 'holds', (
               select string_agg(e.name, ', ' order by e.name) from (
                 select entitlement_id from ${known('holding', at, sql`account_id = p.id`)} h where ${live(at)} order by 1 limit 20) h
               join entitlement e on e.id = h.entitlement_id))`,
           })} as evidence
      from p ${routedTo(campaign, at, {
        candidates: [{ id: sql`p.system_owner_id`, via: 'system_owner' }],
        resorts,
        independent: sql`true`,
      })}`;
}

function inScope({ scope }: Pick<Campaign, 'scope'>): Sql {
  const when: Sql[] = [];
  if (scope.systemId !== undefined) when.push(sql`a.system_id = ${scope.systemId}::uuid`);
  if (scope.ownerId !== undefined) when.push(sql`s.owner_id = ${scope.ownerId}::uuid`);
  if (scope.privileged === true) when.push(sql`a.privileged`);
  if (scope.text !== undefined) when.push(sql`position(lower(${scope.text}) in lower(a.name)) > 0`);
  return when.length === 0 ? sql`true` : sql.join(when, sql` and `);
}
