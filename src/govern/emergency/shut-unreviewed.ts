import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { defineJob, type Ctx } from '#spine/operations/index.ts';
import { whoOpens } from './concerned.ts';
import { endAccessOf } from './end-access.ts';
import { emergencyOverdue, pathLocked } from './events.ts';
import { findUse, lockPath } from './store.ts';
import { loudTo, tellOf } from './tell.ts';
import { openersInWords } from './use-path.ts';

/**
 * Looks once a minute for uses nobody reviewed in time. Due times are rows: whatever was killed, whoever looks next
 * finds them. Safe to run twice and on two nodes: the path is held and looked at again before anything happens.
 */
export const shutUnreviewed = defineJob({
  name: 'emergency.shutUnreviewed',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => {
    const due = await job.db.many<{ id: string; pathId: string }>(sql`
      select id, path_id from emergency_use
       where verdict is null and overdue_at is null and review_due_at <= ${job.clock.now()} order by review_due_at, id limit 500`);
    for (const { id, pathId } of due) {
      await job.act({ action: 'emergency_path.shut', resource: { type: 'EmergencyPath', id: pathId } }, (ctx, permit) =>
        shut(ctx, permit, pathId, id),
      );
    }
  },
});

/** Silence is no approval: the access ends with its sessions, and the path is locked until two people open it. */
const shut = async (ctx: Ctx, permit: Permit, pathId: string, useId: string): Promise<void> => {
  const path = await lockPath(ctx.tx, pathId);
  const use = await findUse(ctx.tx, useId);
  if (use.verdict !== null || use.overdueAt !== null || use.reviewDueAt > ctx.now) return;
  await ctx.tx.run(sql`update emergency_use set overdue_at = ${ctx.now} where id = ${use.id}`);
  await ctx.record(permit, {
    event: emergencyOverdue,
    subject: use.identityId,
    data: {
      pathId,
      name: path.name,
      useId,
      identityId: use.identityId,
      grantId: use.grantId,
      reviewDueAt: use.reviewDueAt.toISOString(),
    },
  });
  await endAccessOf(ctx, permit, use, 'nobody reviewed this emergency access in time');
  if (path.lockedAt !== null) return;
  const because = 'a use of it was not reviewed in time';
  await ctx.tx.run(sql`
    update emergency_path set locked_at = ${ctx.now}, locked_because = ${because}, locked_by_use_id = ${useId} where id = ${pathId}`);
  const openers = await whoOpens(ctx.tx, use.identityId);
  await ctx.record(permit, {
    event: pathLocked,
    data: { pathId, name: path.name, useId, because, openedBy: openers },
  });
  await tellOf(ctx, permit, path, use, {
    to: [...(await loudTo(ctx, path, '')), ...openers, use.identityId],
    template: 'emergency.locked',
    facts: { openers: await openersInWords(ctx.tx, { ...path, lockedByUseId: useId }) },
  });
};
