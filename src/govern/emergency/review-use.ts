import { sql } from '#kit/db/index.ts';
import { conflict, denied } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { chainAbove, survivorsOf } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { endAccessOf } from './end-access.ts';
import { emergencyReviewed } from './events.ts';
import type { EmergencyUse, Verdict } from './model.ts';
import { findUse, lockPath } from './store.ts';
import { loudTo, tellOf } from './tell.ts';

/** Independent is who neither took the access nor works for who did. Policy was asked already; this holds under the lock. */
const refuseDependent = async (ctx: Ctx, use: EmergencyUse): Promise<void> => {
  const me = ctx.principal.id;
  const now = (await survivorsOf(ctx.tx, [use.identityId])).get(use.identityId)?.identityId ?? use.identityId;
  if ([use.identityId, now].includes(me))
    throw denied('emergency_use.own', 'nobody reviews their own emergency access', 'leave it to the other reviewers');
  const above = await chainAbove(ctx.tx, me);
  if (above.some((boss) => boss.id === use.identityId || boss.id === now))
    throw denied(
      'emergency_use.not_independent',
      'whoever took this access is above you, so you are not free to judge it',
      'leave it to the other reviewers, or to a security officer',
    );
};

/**
 * Reviews one use, once. What was not justified ends at once, with its sessions. A late review is still wanted: without
 * it a locked path stays locked.
 */
export const reviewUse = async (
  ctx: Ctx,
  permit: Permit<'emergency_use.review'>,
  input: { readonly id: string; readonly verdict: Verdict; readonly comment: string },
): Promise<string> => {
  const { pathId } = await findUse(ctx.tx, input.id);
  const path = await lockPath(ctx.tx, pathId);
  const use = await findUse(ctx.tx, input.id);
  if (use.verdict !== null) throw conflict('emergency_use.reviewed', 'this use was reviewed already');
  await refuseDependent(ctx, use);
  await ctx.tx.run(sql`
    update emergency_use set verdict = ${input.verdict}, reviewed_by = ${ctx.principal.id}, reviewed_at = ${ctx.now},
           comment = ${input.comment} where id = ${use.id}`);
  await ctx.record(permit, {
    event: emergencyReviewed,
    subject: use.identityId,
    data: {
      pathId: path.id,
      name: path.name,
      useId: use.id,
      identityId: use.identityId,
      grantId: use.grantId,
      verdict: input.verdict,
      late: use.reviewDueAt <= ctx.now,
      comment: input.comment,
    },
  });
  if (input.verdict === 'justified') return use.id;
  await endAccessOf(ctx, permit, use, 'its emergency use was found not justified');
  await tellOf(ctx, permit, path, use, {
    to: [...(await loudTo(ctx, path, ctx.principal.id)), use.identityId],
    template: 'emergency.not_justified',
    facts: { comment: input.comment },
  });
  return use.id;
};
