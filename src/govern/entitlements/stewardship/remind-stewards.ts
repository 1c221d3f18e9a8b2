import { sql } from '#kit/db/index.ts';
import { askNotice } from '#spine/events/index.ts';
import type { JobCtx } from '#spine/operations/index.ts';
import { stewardsReminded } from '../events.ts';
import { queueQuery } from './list-queue.ts';

/** Tells each steward once a week how much waits for them; whoever has nothing waiting is not told. */
export async function remindStewards(job: JobCtx): Promise<void> {
  await job.act({ action: 'catalogue.remind', statementTimeoutMs: 120_000 }, async (ctx, permit) => {
    const waiting = await ctx.tx.many<{ identityId: string; n: number }>(sql`
      select s.identity_id, count(distinct q.id)::int as n
        from (${queueQuery({}, ctx.now)}) q join entitlement e on e.id = q.id
        join entitlement_steward s on s.system_id = e.system_id or s.tag = any(e.tags)
        join identity_facts f on f.identity_id = s.identity_id and f.valid_to is null and f.state = 'active'
       group by 1 order by 1`);
    await ctx.record(permit, { event: stewardsReminded, data: { identityIds: waiting.map((w) => w.identityId) } });
    for (const { identityId, n } of waiting)
      await askNotice(ctx, permit, {
        to: [identityId],
        about: identityId,
        template: 'stewardship.digest',
        path: '/catalogue',
        facts: { count: String(n) },
      });
  });
}
