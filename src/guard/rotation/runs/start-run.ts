import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { planMassChange } from '#spine/mass-changes/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { TimeWindow } from '../policies/time-window.ts';
import { ADVANCE_RUN, credentialRotations } from './credential-rotations.ts';
import { runCancelled, runResumed, runStarted } from './events.ts';
import { insertRun, lockRun } from './store.ts';

export interface NewRun {
  readonly because: string;
  readonly incident: boolean;
  readonly canary: number;
  readonly waveSize: number;
  readonly mayFail: number;
  readonly window: TimeWindow | null;
  /** Which: those of a system, those named, those unchanged for so many days; all that is given has to hold. */
  readonly which: {
    readonly systemId?: string | undefined;
    readonly accountIds?: readonly string[] | undefined;
    readonly olderThanDays?: number | undefined;
  };
}

/** Plans a rotation of many accounts whose credential the vault has. Over the limits of the change guard it is held whole. */
export async function startRun(
  edges: { readonly keys: Keys },
  ctx: Ctx,
  permit: Permit,
  input: NewRun,
): Promise<{ readonly id: string; readonly massChangeId: string; readonly rotations: number; readonly held: boolean }> {
  const { systemId = null, accountIds, olderThanDays = null } = input.which;
  if (systemId === null && accountIds === undefined && olderThanDays === null)
    throw invalid('/which', 'names no accounts', 'name a system, accounts or an age');
  const id = newId(ctx.now.getTime());
  const byPerson = ctx.principal.kind === 'identity';
  await insertRun(ctx.tx, { ...input, id, plannedBy: byPerson ? ctx.principal.id : null });
  const change = await planMassChange(ctx, permit, credentialRotations(edges), {
    key: id,
    title: input.incident
      ? 'rotate credentials after an incident'
      : byPerson
        ? 'rotate credentials'
        : 'rotate credentials that are due by policy',
    items: sql`
      select 'update' as effect, a.system_id, a.identity_id, 'rotate ' || a.name || ' on ' || y.name as what,
             jsonb_build_object('runId', ${id}::text, 'accountId', a.id) as data
        from secret s join account a on a.id = s.account_id join system y on y.id = a.system_id
       where s.removed_at is null and a.valid_to is null and a.state <> 'gone'
         and s.kind in ('password', 'ssh_key', 'api_key')
         and (${systemId}::uuid is null or a.system_id = ${systemId})
         and (${accountIds === undefined}::boolean or a.id = any(${sql.array([...(accountIds ?? [])])}::uuid[]))
         and (${olderThanDays}::int is null or s.changed_at < ${ctx.now}::timestamptz - make_interval(days => ${olderThanDays}::int))
       order by s.changed_at, a.id`,
  });
  if (change === undefined)
    throw invalid('/which', 'names no account whose credential the vault has', 'see reeve vault ls');
  await ctx.record(permit, {
    event: runStarted,
    subject: byPerson ? ctx.principal.id : undefined,
    data: {
      runId: id,
      rotations: change.items,
      incident: input.incident,
      words: byPerson ? input.because : undefined,
    },
  });
  return { id, massChangeId: change.id, rotations: change.items, held: change.state === 'held' };
}

/** Lets a run go on that stopped: what failed is known, and as many more may. */
export async function resumeRun(ctx: Ctx, permit: Permit, runId: string): Promise<void> {
  const run = await lockRun(ctx.tx, runId);
  if (run.state !== 'stopped')
    throw conflict('rotation_run.not_stopped', `this run is ${run.state}`, 'only one that stopped can go on');
  await ctx.tx.run(sql`
    update rotation_run n set state = 'running', problem = null,
           tolerated = (select count(*) from rotation r where r.run_id = n.id and r.state = 'failed')::int
     where n.id = ${runId}`);
  await enqueue(ctx.tx, ADVANCE_RUN, { runId }, { key: `${ADVANCE_RUN}:${runId}` });
  await ctx.record(permit, { event: runResumed, data: { runId } });
}

/** Ends a run: what was not begun is not. What is under way goes to its end. */
export async function cancelRun(ctx: Ctx, permit: Permit, runId: string): Promise<number> {
  const run = await lockRun(ctx.tx, runId);
  if (run.endedAt !== null) throw conflict('rotation_run.over', `this run is ${run.state} already`);
  const cancelled = await ctx.tx.run(sql`
    update rotation set state = 'cancelled', ended_at = ${ctx.now}, problem = 'its run was cancelled'
     where run_id = ${runId} and state = 'planned' and wave > ${run.releasedTo}`);
  await ctx.tx.run(sql`update rotation_run set state = 'cancelled', ended_at = ${ctx.now} where id = ${runId}`);
  await ctx.record(permit, { event: runCancelled, data: { runId, rotations: cancelled } });
  return cancelled;
}
