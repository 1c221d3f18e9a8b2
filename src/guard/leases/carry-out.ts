import { TargetError, type Connector, type Target, type Targets, type TemporaryAccounts } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { facts, passwordOf, type LeaseEdges } from './ask-lease.ts';
import { endLease } from './end-lease.ts';
import { leaseEnded, leaseMade, strayDropped } from './events.ts';
import type { Lease, LeaseTemplate } from './model.ts';
import { queueWork } from './queue-work.ts';
import { claim, getLease, getTemplate, listTemplates, moveLease, release } from './store.ts';

/** What users are made and dropped with. */
export interface WorkEdges extends Pick<LeaseEdges, 'keys'> {
  readonly targets: Targets;
}

const BUSY_MS = 1000;

/**
 * Makes the target as the lease is: a user that was asked for is made, one that is live lasts as long as it says, one that
 * is over is gone. One worker at a time has it in hand. Killed anywhere, the next run does the same again, which changes
 * nothing where it was done. Throws where a later try may succeed.
 */
export async function carryOut(edges: WorkEdges, job: JobCtx, leaseId: string): Promise<void> {
  const now = job.clock.now();
  if (!(await claim(job.db, leaseId, now))) {
    const known = await getLease(job.db, leaseId);
    if (known !== undefined && known.state !== 'ended') await queueWork(job.db, leaseId, BUSY_MS);
    return;
  }
  const lease = await getLease(job.db, leaseId);
  if (lease === undefined) return;
  try {
    if (lease.state !== 'ending' && lease.endsAt > now) await makeOrProlong(edges, job, lease);
    await release(job.db, lease.id, null);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'failed';
    await release(job.db, lease.id, problem);
    if (lease.state === 'asked' && error instanceof TargetError && !error.retry)
      return await job.act({ action: 'lease.end' }, async (ctx, permit) => {
        await endLease(ctx, permit, lease, `the user could not be made: ${problem}`);
      });
    if (looksAgainLater(error)) return;
    throw error;
  }
  await dropIfOver(edges, job, leaseId);
}

async function makeOrProlong(edges: WorkEdges, job: JobCtx, lease: Lease): Promise<void> {
  const template = await templateOf(job, lease);
  const { account, endsAt: until } = lease;
  if (lease.state === 'live') {
    await onTarget(edges, lease.systemId, (temporary, target) => temporary.extend(target, { account, until }));
    return;
  }
  const password = await job.db.tx((tx) => passwordOf(edges, tx, lease.id));
  if (password === undefined) return;
  const { entitlements } = template;
  await onTarget(edges, lease.systemId, (temporary, target) =>
    temporary.create(target, { account, password, until, entitlements }),
  );
  await job.act({ action: 'lease.make' }, async (ctx, permit) => {
    if (await moveLease(ctx.tx, lease.id, 'asked', 'live', ctx.now))
      await ctx.record(permit, { event: leaseMade, subject: lease.identityId, data: facts(lease) });
  });
}

/** Whatever was asked meanwhile: a user that is over by now goes, in the same hand that may have just made it. */
async function dropIfOver(edges: WorkEdges, job: JobCtx, leaseId: string): Promise<void> {
  const lease = await getLease(job.db, leaseId);
  if (lease?.state !== 'ending') return;
  if (!(await claim(job.db, leaseId, job.clock.now()))) return await queueWork(job.db, leaseId, BUSY_MS);
  try {
    const heir = (await templateOf(job, lease)).heir ?? undefined;
    const { changed } = await onTarget(edges, lease.systemId, (temporary, target) =>
      temporary.remove(target, { account: lease.account, heir }),
    );
    await job.act({ action: 'lease.end' }, async (ctx, permit) => {
      if (await moveLease(ctx.tx, lease.id, 'ending', 'ended', ctx.now))
        await ctx.record(permit, {
          event: leaseEnded,
          subject: lease.identityId,
          data: { ...facts(lease), dropped: changed },
        });
    });
  } catch (error) {
    await release(job.db, lease.id, error instanceof Error ? error.message : 'failed');
    if (!looksAgainLater(error)) throw error;
  }
}

/** What the target refuses for good is not asked again at once; whoever looks after leases tries it every minute. */
const looksAgainLater = (error: unknown): boolean => error instanceof TargetError && !error.retry;

async function templateOf(job: JobCtx, lease: Lease): Promise<LeaseTemplate> {
  const found = await getTemplate(job.db, lease.templateId);
  if (found === undefined) throw new Error('a template was removed while a lease of it was open');
  return found;
}

const onTarget = <T>(
  edges: WorkEdges,
  systemId: string,
  work: (temporary: TemporaryAccounts, target: Target) => Promise<T>,
): Promise<T> =>
  edges.targets.use(systemId, (connector: Connector, target) => {
    if (connector.temporary === undefined)
      throw new TargetError('unsupported', `a target of kind ${target.kind} has no users that are there for a time`);
    return work(connector.temporary, target);
  });

/**
 * Looks on every target for users called like those of its leases, and drops what no open lease is about: what is left of a
 * process that died, or of a database that was put back from a copy. A target that is away is looked at the next time.
 */
export async function sweepStrays(edges: WorkEdges, job: JobCtx): Promise<number> {
  let dropped = 0;
  for (const template of await listTemplates(job.db)) {
    const { systemId, prefix, heir } = template;
    try {
      const there = await onTarget(edges, systemId, (temporary, target) => temporary.list(target, prefix));
      for (const account of there.filter((name) => /^[a-z0-9_]+_[a-z0-9]{12}$/u.test(name))) {
        const open = await job.db.maybe(
          sql`select id from lease where system_id = ${systemId} and account = ${account} and state <> 'ended'`,
        );
        if (open !== undefined) continue;
        await onTarget(edges, systemId, (temporary, target) =>
          temporary.remove(target, { account, heir: heir ?? undefined }),
        );
        await job.act({ action: 'lease.end' }, (ctx, permit) =>
          ctx.record(permit, { event: strayDropped, data: { systemId, account } }),
        );
        dropped += 1;
      }
    } catch (error) {
      job.log.warn('a system could not be looked through for users without a lease', { systemId, error });
    }
  }
  return dropped;
}
