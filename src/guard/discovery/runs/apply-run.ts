import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import {
  applyReading,
  findAccountEntitlement,
  forgetReading,
  putEntitlement,
  requireSystem,
  type System,
} from '#spine/graph/index.ts';
import { askNotice } from '#spine/events/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { readingHeld } from '../events.ts';
import { getSchedule, planNext } from '../schedule/store.ts';
import { tellFromReading } from '../queue/tell-from-reading.ts';
import { judgeLoss } from './judge-loss.ts';
import { forgottenReadings, lockRun, settleRun, supersedeHeld, type DiscoveryRun } from './store.ts';

/** Longest time one statement may take that brings a reading of millions of rows into the graph. */
const PATIENCE_MS = 3_600_000;

/**
 * Brings a whole reading into the graph and tells what was found, in one transaction. One that would take too much
 * away adds what is new and is held: its pieces are kept until a named person accepts it or a later reading says more.
 */
export async function applyRun(job: JobCtx, { id, systemId }: DiscoveryRun): Promise<void> {
  await job.act({ action: 'system.read_target', statementTimeoutMs: PATIENCE_MS }, async (ctx, permit) => {
    const run = await lockRun(ctx.tx, id);
    if (run === undefined || (run.state !== 'waiting' && run.state !== 'applying')) return;
    const before = await requireSystem(ctx.tx, systemId);
    const { counts, untrusted } = await applyReading(ctx, permit, {
      systemId,
      reading: { stagedAs: id },
      trusted: run.state === 'applying' ? true : await judgeOf(ctx.tx, systemId),
    });
    const trusted = untrusted === undefined;
    await offerSharedAccounts(ctx, permit, systemId);
    await tellFromReading(ctx, permit, { systemId, trusted, lastReadAt: before.lastReadAt });
    await supersedeHeld(ctx.tx, { systemId, by: id, at: ctx.now });
    await planNext(ctx.tx, { systemId, now: ctx.now });
    const problem = trusted ? undefined : `${untrusted}; nothing was taken away`;
    await settleRun(ctx.tx, id, {
      state: trusted ? 'done' : 'held',
      at: ctx.now,
      counts: { ...counts },
      trusted,
      problem,
    });
    if (problem !== undefined) await tellHeld(ctx, permit, before, { runId: id, because: problem });
  });
  for (const over of await forgottenReadings(job.db)) await forgetReading(job.db, over.id);
}

async function judgeOf(tx: Tx, systemId: string): Promise<ReturnType<typeof judgeLoss>> {
  const schedule = await getSchedule(tx, systemId);
  return judgeLoss(schedule ?? { maxLossPercent: 0, maxLossFree: 0 }, 'whole');
}

async function tellHeld(
  ctx: Ctx,
  permit: Permit,
  system: System,
  held: { readonly runId: string; readonly because: string },
): Promise<void> {
  await ctx.record(permit, { event: readingHeld, data: { ...held, systemId: system.id } });
  if (system.ownerId === null) return;
  await askNotice(ctx, permit, {
    to: [system.ownerId],
    about: system.ownerId,
    template: 'reading.held',
    path: '/systems',
    facts: { system: system.name, because: held.because },
  });
}

/** The use of a shared or built-in privileged account, such as root, is an entitlement that can be granted. */
async function offerSharedAccounts(ctx: Ctx, permit: Permit, systemId: string): Promise<void> {
  for (const account of await sharedAccounts(ctx.tx, systemId)) {
    if ((await findAccountEntitlement(ctx.tx, account.id)) !== undefined) continue;
    await putEntitlement(ctx, permit, {
      systemId,
      kind: 'account',
      nativeId: `account:${account.nativeId}`,
      name: `use ${account.name}`,
      accountId: account.id,
      risk: 'critical',
      markedPrivileged: true,
      maxSeconds: 8 * 3600,
    });
  }
}

const sharedAccounts = (tx: Tx, systemId: string): Promise<{ id: string; nativeId: string; name: string }[]> =>
  tx.many(sql`
    select a.id, a.native_id, a.name from account a
     where a.system_id = ${systemId} and a.valid_to is null and a.privileged and a.identity_id is null
       and (a.kind = 'shared' or a.name in ('root', 'postgres'))
       and not exists (select from entitlement e where e.account_id = a.id and e.valid_to is null)`);
