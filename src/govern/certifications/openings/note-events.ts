import { enqueue } from '#kit/jobs/index.ts';
import { sql, type Queryable, type Sql, type Tx } from '#kit/db/index.ts';
import { driftFound } from '#govern/reconciliation/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  entitlementPut,
  grantStarted,
  grantsStarted,
  identityMoved,
  riskJumped,
  roleChanged,
} from '#spine/graph/index.ts';
import { defineReaction, type Ctx, type JobCtx } from '#spine/operations/index.ts';
import { reviewsWanted } from '../events.ts';
import { RISKS, type Trigger } from '../model.ts';
import { OPEN } from './open-reviews.ts';
import { policyInForce } from './review-policy.ts';

/**
 * Notes what an event wants reviewed, where the policy in force has that trigger on: rows of `grant_id, account_id,
 * entitlement_id, identity_id`. It waits for others of its kind, so that a change to thousands opens one review. What is being asked about
 * already, or waits already, is not asked about twice.
 */
async function want(
  job: JobCtx,
  trigger: Exclude<Trigger, 'clock'>,
  because: string,
  found: (tx: Tx) => Sql,
): Promise<void> {
  const { policy } = await policyInForce(job.db);
  if (!policy[trigger].on) return;
  await job.act({ action: 'campaign.open' }, async (ctx, permit) => {
    await noteWanted(ctx, permit, { trigger, because, found: found(ctx.tx), atOnce: policy.collectMinutes === 0 });
  });
}

/** Notes rows as wanted for review. Returns how many are new. */
export async function noteWanted(
  ctx: Ctx,
  permit: Permit,
  what: { readonly trigger: Trigger; readonly because: string; readonly found: Sql; readonly atOnce: boolean },
): Promise<number> {
  const n = await ctx.tx.run(sql`
    insert into review_wanted (id, opened_by, grant_id, account_id, entitlement_id, identity_id, because, noted_at)
    select gen_random_uuid(), ${what.trigger}, f.grant_id, f.account_id, f.entitlement_id, f.identity_id, ${what.because}, ${ctx.now}
      from (${what.found}) f
     where not exists (select from campaign_item i where i.grant_id = f.grant_id and i.state in ('open', 'decided'))
       and not exists (select from campaign_item i where f.grant_id is null and i.account_id = f.account_id
                          and i.entitlement_id = f.entitlement_id and i.state in ('open', 'decided'))
    on conflict do nothing`);
  if (n === 0) return 0;
  await ctx.record(permit, { event: reviewsWanted, data: { openedBy: what.trigger, wanted: n } });
  if (what.atOnce) await enqueue(ctx.tx, OPEN, {}, { key: OPEN });
  return n;
}

const live = (at: Date): Sql =>
  sql`g.ended_because is null and g.valid_from <= ${at} and (g.valid_to is null or g.valid_to > ${at})`;
const grants = (where: Sql, at: Date): Sql => sql`
  select g.id as grant_id, null::uuid as account_id, null::uuid as entitlement_id, g.identity_id from access_grant g where ${live(at)} and ${where}`;

/** Somebody works elsewhere, or for somebody else: what no rule gives them is asked about. */
const moved = defineReaction({
  on: identityMoved,
  name: 'certifications.mover_review',
  run: async (job, { data }) => {
    if (!data.changed.some((fact) => MOVES.has(fact))) return;
    await want(job, 'mover', `moved: ${data.changed.join(', ')}`, (tx) =>
      grants(sql`g.identity_id = ${data.identityId} and g.origin <> 'birthright'`, tx.now),
    );
  },
});
const MOVES: ReadonlySet<string> = new Set(['department', 'managerId', 'manager_id', 'manager']);

/** Held on a target and granted by nobody. */
const drifted = defineReaction({
  on: driftFound,
  name: 'certifications.drift_review',
  run: (job, { data }) =>
    data.caseIds.length === 0
      ? Promise.resolve()
      : want(
          job,
          'drift',
          'found on the system, granted by nobody',
          () => sql`
            select null::uuid as grant_id, c.account_id, c.entitlement_id, a.identity_id from drift_case c join account a on a.id = c.account_id
             where c.id = any(${sql.array(data.caseIds)}::uuid[]) and c.situation = 'out_of_band' and c.state = 'open' and a.identity_id is not null`,
        ),
});

/** How an entitlement or a role was rated before and after it was said anew. */
const risksAround = (
  db: Queryable,
  table: 'entitlement' | 'role',
  id: string,
  at: Date,
): Promise<{ was: string | null; is: string | null }> => {
  const [now, history] = [sql.id(table), sql.id(`${table}_history`)];
  return db.one(sql`
    select (select risk from ${history} where id = ${id} and recorded_to <= ${at} order by recorded_to desc limit 1) as was,
           coalesce((select risk from ${history} where id = ${id} and recorded_from <= ${at} and recorded_to > ${at}
                      order by recorded_from desc limit 1), (select risk from ${now} where id = ${id})) as "is"`);
};

/** An entitlement or a role is riskier than it was: everybody who has it by a grant is asked about. */
async function riskier(job: JobCtx, table: 'entitlement' | 'role', id: string, at: Date): Promise<void> {
  const { was, is } = await risksAround(job.db, table, id, at);
  const rank = (risk: string | null): number => (RISKS as readonly (string | null)[]).indexOf(risk);
  if (was === null || is === null || rank(is) <= rank(was)) return;
  await want(job, 'risk', `risk raised from ${was} to ${is}`, (tx) =>
    grants(sql`${table === 'entitlement' ? sql`g.entitlement_id` : sql`g.role_id`} = ${id}`, tx.now),
  );
}
const riskRaised = defineReaction({
  on: entitlementPut,
  name: 'certifications.risk_review',
  run: (job, { data, at }) =>
    data.changed.includes('risk') ? riskier(job, 'entitlement', data.entitlementId, at) : Promise.resolve(),
});
const roleRiskRaised = defineReaction({
  on: roleChanged,
  name: 'certifications.role_risk_review',
  run: (job, { data, at }) =>
    data.changed.includes('risk') ? riskier(job, 'role', data.roleId, at) : Promise.resolve(),
});

/**
 * Somebody became much riskier: what makes them so is asked about, and whatever else no rule gives them. A jump is told once,
 * so this asks once; what is being asked about already is not asked about twice.
 */
const jumped = defineReaction({
  on: riskJumped,
  name: 'certifications.risk_jump_review',
  run: (job, { data }) =>
    want(
      job,
      'risk_jump',
      `risk went from ${data.from} (${data.levelBefore}) to ${data.to} (${data.level}): ${data.factors.slice(0, 3).join(', ')}`,
      (tx) =>
        grants(
          sql`g.identity_id = ${data.identityId} and (g.origin <> 'birthright' or exists (
          select from identity_risk r cross join jsonb_array_elements(r.reasons) x cross join jsonb_array_elements(x -> 'of') e
           where r.subject_id = ${data.identityId} and (e ->> 'id')::uuid = coalesce(g.role_id, g.entitlement_id)))`,
          tx.now,
        ),
    ),
});

/** A grant that went past requests, rules and just-in-time activation: made by hand, taken in, or adopted. */
const pastRequests = (job: JobCtx, grantIds: readonly string[]): Promise<void> =>
  want(job, 'out_of_band_grant', 'granted past requests and rules', (tx) =>
    grants(sql`g.id = any(${sql.array(grantIds)}::uuid[]) and g.origin in ('admin', 'import', 'exception')`, tx.now),
  );
const givenByHand = defineReaction({
  on: grantStarted,
  name: 'certifications.out_of_band_grant_review',
  run: (job, { data }) => pastRequests(job, [data.grantId]),
});
const severalGivenByHand = defineReaction({
  on: grantsStarted,
  name: 'certifications.out_of_band_grants_review',
  run: (job, { data }) =>
    data.origin === 'birthright'
      ? Promise.resolve()
      : pastRequests(
          job,
          data.grants.map((g) => g.grantId),
        ),
});

export const openingReactions = [moved, drifted, riskRaised, roleRiskRaised, jumped, givenByHand, severalGivenByHand];
