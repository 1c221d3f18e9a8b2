import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { BEING_CARRIED_OUT } from '#govern/provisioning/index.ts';
import { driftQuery, getSystem } from '#spine/graph/index.ts';
import { planMassChange } from '#spine/mass-changes/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { driftChanges, itemsOf } from './drift-changes.ts';
import { driftFound } from './events.ts';
import { DEFAULT_REACTIONS, type Situation } from './model.ts';
import { listReactions } from './store.ts';

/** Case ids an event carries at most. */
const BATCH = 500;
/** As long as it takes lifecycle to lock what a leaver had; longer open than this is drift. */
const LEAVER_MINUTES = 15;

/** The first whole reading of a system is its baseline: what is there then is no change behind anybody's back. */
export const noteBaseline = async (tx: Tx, systemId: string, since: Date): Promise<void> => {
  await tx.run(sql`
    insert into drift_baseline (system_id, since) values (${systemId}, ${since}) on conflict do nothing`);
};

/**
 * Compares what should be with what is on one system, as sets, and opens a case for each difference that came after
 * the baseline; cases whose difference is gone are closed. What the reactions of the system say follows of itself is
 * planned as one mass change, so that a target that went wrong cannot make Reeve take everything away. Safe to repeat.
 */
export async function findDrift(job: JobCtx, systemId: string): Promise<void> {
  await job.act({ action: 'drift.react' }, async (ctx, permit) => {
    await ctx.tx.run(sql`select id from system where id = ${systemId} for no key update`);
    await ctx.tx.run(sql`create temporary table if not exists drift_now (
      situation text not null, account_id uuid, entitlement_id uuid, identity_id uuid, grant_id uuid,
      privileged boolean not null, since timestamptz not null) on commit delete rows`);
    await ctx.tx.run(sql`
      insert into drift_now (situation, account_id, entitlement_id, identity_id, grant_id, privileged, since)
      ${differences(systemId, ctx.now)}`);
    await ctx.tx.run(sql`analyze drift_now`);
    const gone = await closeGone(ctx.tx, systemId);
    const opened = await openCases(ctx.tx, systemId);
    if (opened.length === 0 && gone === 0) return;
    for (let at = 0; at === 0 || at < opened.length; at += BATCH)
      await ctx.record(permit, {
        event: driftFound,
        data: {
          systemId,
          caseIds: opened.slice(at, at + BATCH).map((c) => c.id),
          gone: at === 0 ? gone : 0,
        },
      });
    await planReactions(ctx, permit, systemId);
    await tellOwner(ctx, permit, systemId);
  });
}

/** Differences as rows of `drift_now`: what came after the baseline, and no grant that is still on its way to its target. */
const differences = (systemId: string, at: Date): Sql => sql`
  select case d.kind when 'unfounded' then 'out_of_band' else 'missing' end, d.account_id, d.entitlement_id, d.identity_id,
         d.grant_id, d.privileged, d.since
    from (${driftQuery(at, { systemId, ownedOnly: true })}) d
    join drift_baseline b on b.system_id = ${systemId}
   where case d.kind when 'unfounded' then d.since > b.since
              else not exists (select from (${BEING_CARRIED_OUT}) t
                                where t.grant_id = d.grant_id and t.entitlement_id = d.entitlement_id) end
  union all
  select 'orphan_account', a.id, null, null, null, a.privileged, a.valid_from
    from account a join drift_baseline b on b.system_id = a.system_id
   where a.system_id = ${systemId} and a.valid_to is null and a.identity_id is null and a.kind in ('personal', 'unknown')
     and a.state = 'active' and (a.valid_from > b.since or exists (
           select from drift_case c where c.account_id = a.id and c.situation = 'orphan_account'
              and c.state in ('open', 'reacting', 'accepted')))
  union all
  select 'leaver_account', a.id, null, a.identity_id, null, a.privileged, f.valid_from
    from account a join identity_facts f on f.identity_id = a.identity_id
   where a.system_id = ${systemId} and a.valid_to is null and a.state = 'active' and a.kind <> 'shared'
     and f.state = 'leaver' and f.valid_to is null
     and f.valid_from < ${at}::timestamptz - make_interval(mins => ${LEAVER_MINUTES})`;

const same = sql`n.situation = c.situation and n.account_id is not distinct from c.account_id
  and n.entitlement_id is not distinct from c.entitlement_id and n.grant_id is not distinct from c.grant_id`;

/** A case whose difference is gone is settled: by its own reaction where that was under way. */
const closeGone = async (tx: Tx, systemId: string): Promise<number> =>
  await tx.run(sql`
    update drift_case c
       set settled_at = ${tx.now},
           state = case when c.state <> 'reacting' then 'gone' when c.reaction = 'restore' then 'restored'
                        when c.reaction = 'remove' then 'removed' when c.reaction = 'disable' then 'disabled' else 'gone' end
     where c.system_id = ${systemId} and c.state in ('open', 'reacting', 'accepted')
       and not exists (select from drift_now n where ${same})`);

/** Opens what is new, and again what was accepted for a time that is over. */
const openCases = async (tx: Tx, systemId: string): Promise<{ id: string; situation: Situation }[]> => {
  await tx.run(sql`
    update drift_case set state = 'open', accepted_until = null
     where system_id = ${systemId} and state = 'accepted' and accepted_until <= ${tx.now}`);
  return await tx.many(sql`
    insert into drift_case (id, situation, system_id, account_id, entitlement_id, identity_id, grant_id, privileged, since, opened_at)
    select gen_random_uuid(), n.situation, ${systemId}, n.account_id, n.entitlement_id, n.identity_id, n.grant_id,
           n.privileged, n.since, ${tx.now}
      from drift_now n
     where not exists (select from drift_case c
                        where c.system_id = ${systemId} and c.state in ('open', 'reacting', 'accepted') and ${same})
    returning id, situation`);
};

/** What follows of itself, from the system's own reactions, else from those of all systems, else from the defaults. */
async function planReactions(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  const set = await listReactions(ctx.tx);
  const rows = Object.entries(DEFAULT_REACTIONS).map(([situation, otherwise]) => {
    const found =
      set.find((r) => r.systemId === systemId && r.situation === situation) ??
      set.find((r) => r.systemId === null && r.situation === situation);
    return {
      situation,
      ordinary: found?.reaction ?? otherwise,
      privileged: found?.privilegedReaction ?? otherwise,
    };
  });
  const reaction = sql`
    select c.id, case when c.privileged then r.privileged else r.ordinary end as reaction
      from drift_case c
      join jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(situation text, ordinary text, privileged text)
        on r.situation = c.situation
     where c.system_id = ${systemId} and c.state = 'open' and c.problem is null and c.decided_by is null`;
  await planMassChange(ctx, permit, driftChanges, {
    key: systemId,
    title: 'What follows from drift on a system',
    items: itemsOf(sql`select id, reaction from (${reaction}) x where reaction <> 'review'`),
  });
}

/** Says to whoever owns the system that there is something to decide. */
async function tellOwner(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  const system = await getSystem(ctx.tx, systemId);
  if (system?.ownerId == null) return;
  const { n } = await ctx.tx.one<{ n: number }>(sql`
    select count(*)::int as n from drift_case where system_id = ${systemId} and state = 'open' and opened_at = ${ctx.now}`);
  if (n === 0) return;
  await askNotice(ctx, permit, {
    to: [system.ownerId],
    about: system.ownerId,
    template: 'drift.found',
    path: `/drift?system=${systemId}`,
    facts: { system: system.name, count: String(n) },
  });
}
