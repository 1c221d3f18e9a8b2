import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { known, lastResorts, thing, type Range } from '../freeze-items.ts';
import type { Seated } from '../reviewing/seated.ts';
import { between, evidenceOf, routedTo } from './route.ts';

/** What was found held and nobody granted, as the review that was opened for it names it. */
export async function holdingRows(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  const resorts = await lastResorts(tx, campaign, at);
  const owners = [
    { id: sql`p.owner_id`, via: 'owner' },
    { id: sql`p.system_owner_id`, via: 'system_owner' },
  ] as const;
  const manager = { id: sql`p.manager_id`, via: 'manager' } as const;
  return sql`
    with p as materialized (
      select w.id, w.identity_id, w.account_id, w.entitlement_id, w.because, e.owner_id, s.owner_id as system_owner_id, e.risk, e.privileged,
             e.name || ' on ' || s.name as part, a.name as account_name, a.last_used_at, f.department, coalesce(f.manager_id, f.owner_id) as manager_id,
             coalesce(h.valid_from, w.noted_at) as since, h.given_by
        from (select * from review_wanted where campaign_id = ${campaign.id} and ${between(range)}) w
        join ${known('account', at)} a on a.id = w.account_id
        join ${thing('entitlement', at)} e on e.id = w.entitlement_id
        join ${thing('system', at)} s on s.id = e.system_id
        join ${known('identity_facts', at)} f on f.identity_id = w.identity_id
             and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at})
        left join lateral (
          select valid_from, given_by from ${known('holding', at, sql`account_id = w.account_id and entitlement_id = w.entitlement_id`)} h
           order by valid_from desc limit 1) h on true
       where a.identity_id = w.identity_id
    )
    select p.id as subject_id, p.identity_id, p.entitlement_id as thing_id, p.part || ', which nobody granted' as what,
           routed.routed, routed.reviewer_id, p.privileged, p.risk, p.department, p.account_id, p.entitlement_id,
           ${evidenceOf({
             origin: 'out_of_band',
             reason: sql`null::text`,
             since: sql`p.since`,
             until: sql`null::timestamptz`,
             lastUse: sql`p.last_used_at`,
             about: sql`jsonb_build_object('account', p.account_name, 'given by', p.given_by, 'asked because', p.because)`,
           })} as evidence
      from p ${routedTo(campaign, at, {
        candidates: [...owners, manager],
        resorts,
        independent: sql`x.id <> p.identity_id`,
        holder: sql`p.identity_id`,
      })}`;
}
