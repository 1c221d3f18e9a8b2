import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { known, lastResorts, thing, type Range } from '../freeze-items.ts';
import { RISKS, type Campaign } from '../model.ts';
import type { Seated } from '../reviewing/seated.ts';
import { between, evidenceOf, nameAt, routedTo } from './route.ts';

/** Runs of a control that stand beside an exception. */
const RUNS = 10;

/**
 * Every exception from separated duties that tolerated something at an instant, with its control and the runs of it that
 * were on record. The owner of the rule is asked, never the person excepted or whoever answers for them.
 */
export async function exceptionRows(tx: Tx, campaign: Seated, at: Date, range: Range): Promise<Sql> {
  const resorts = await lastResorts(tx, campaign, at);
  const owner = { id: sql`p.owner_id`, via: 'owner' } as const;
  const manager = { id: sql`p.manager_id`, via: 'manager' } as const;
  return sql`
    with p as materialized (
      select x.id, x.identity_id, x.rule_id, x.reason, x.control, x.control_owner_id, x.approved_by, x.valid_from, x.valid_to,
             r.name as rule_name, r.owner_id, r.severity as risk, false as privileged, f.department, f.owner_id as answers_id, f.manager_id
        from ${known('sod_exception', at, between(range))} x join ${thing('sod_rule', at)} r on r.id = x.rule_id
        join ${known('identity_facts', at)} f on f.identity_id = x.identity_id
             and f.valid_from <= ${at} and (f.valid_to is null or f.valid_to > ${at})
       where x.valid_from <= ${at} and x.valid_to > ${at} and ${inScope(campaign)}
    )
    select p.id as subject_id, p.identity_id, p.rule_id as thing_id, 'exception from ' || p.rule_name as what,
           routed.routed, routed.reviewer_id, p.privileged, p.risk, p.department, null::uuid as account_id, null::uuid as entitlement_id,
           ${evidenceOf({
             origin: 'exception',
             reason: sql`p.reason`,
             since: sql`p.valid_from`,
             until: sql`p.valid_to`,
             about: sql`jsonb_build_object('rule', p.rule_name, 'rule owner', ${nameAt(sql`p.owner_id`, at)}, 'control', p.control,
               'control owner', ${nameAt(sql`p.control_owner_id`, at)})`,
             runs: sql`coalesce((
               select jsonb_agg(jsonb_build_object('ranAt', n.ran_at, 'result', n.result, 'reference', n.reference,
                        'by', ${nameAt(sql`n.ran_by`, at)}) order by n.ran_at desc, n.id)
                 from (select * from sod_control_run n where n.exception_id = p.id and n.recorded_at <= ${at}
                        order by n.ran_at desc, n.id limit ${RUNS}) n), '[]'::jsonb)`,
           })} as evidence
      from p ${routedTo(campaign, at, {
        candidates: campaign.reviewerRule === 'manager' ? [manager, owner] : [owner],
        resorts,
        independent: sql`x.id <> p.identity_id and x.id is distinct from p.answers_id`,
        holder: sql`p.identity_id`,
      })}`;
}

function inScope({ scope }: Pick<Campaign, 'scope'>): Sql {
  const when: Sql[] = [];
  if (scope.identityId !== undefined) when.push(sql`x.identity_id = ${scope.identityId}::uuid`);
  if (scope.managerId !== undefined) when.push(sql`f.manager_id = ${scope.managerId}::uuid`);
  if (scope.ownerId !== undefined) when.push(sql`r.owner_id = ${scope.ownerId}::uuid`);
  if (scope.department !== undefined) when.push(sql`f.department = ${scope.department}`);
  if (scope.minRisk !== undefined)
    when.push(sql`r.severity = any(${sql.array(RISKS.slice(RISKS.indexOf(scope.minRisk)))}::text[])`);
  if (scope.text !== undefined) when.push(sql`position(lower(${scope.text}) in lower(r.name)) > 0`);
  return when.length === 0 ? sql`true` : sql.join(when, sql` and `);
}
