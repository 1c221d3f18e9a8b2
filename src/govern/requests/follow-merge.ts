import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { identityMerged } from '#spine/graph/index.ts';
import { defineReaction, type Ctx } from '#spine/operations/index.ts';
import { followUp } from './approvals/keep-moving.ts';
import { decidersOf } from './approvers/still-asked.ts';
import { requestMoved, requestWithdrawn } from './events.ts';
import type { Request } from './model.ts';
import { addNote, endRequest, lockRequest, stepsOf } from './store.ts';

/** Two who turned out to be one person. */
interface Merged {
  readonly duplicateId: string;
  readonly survivorId: string;
}

/**
 * What somebody asked for who turned out to be another, that one asks for from now on. Where that one has decided a step
 * of it, or waits for the same already, it is taken back: nobody decides what benefits them, also not before they knew.
 */
export const followMerge = defineReaction({
  on: identityMerged,
  name: 'requests.merged',
  run: async (job, { data }) => {
    const waiting = await job.db.many<{ id: string }>(sql`
      select id from request
       where state = 'pending' and (requester_id = ${data.duplicateId} or beneficiary_id = ${data.duplicateId}) order by id`);
    for (const { id } of waiting) {
      await job.act({ action: 'request.follow_up', resource: { type: 'Request', id } }, (ctx, permit) =>
        moveOrWithdraw(ctx, permit, id, data),
      );
    }
  },
});

async function moveOrWithdraw(ctx: Ctx, permit: Permit, id: string, merged: Merged): Promise<void> {
  const request = await lockRequest(ctx.tx, id);
  if (request.state !== 'pending') return;
  if (await mayNotMove(ctx.tx, request, merged)) {
    await endRequest(ctx.tx, { id, state: 'withdrawn', because: 'who asked turned out to be another, who asks anew' });
    await addNote(ctx.tx, ctx.principal, { requestId: id, kind: 'withdrawn' });
    await ctx.record(permit, {
      event: requestWithdrawn,
      subject: request.beneficiaryId,
      data: { requestId: id, beneficiaryId: request.beneficiaryId },
    });
    return;
  }
  const { duplicateId, survivorId } = merged;
  const now = (who: string): string => (who === duplicateId ? survivorId : who);
  const [requesterId, beneficiaryId] = [now(request.requesterId), now(request.beneficiaryId)];
  await ctx.tx.run(sql`
    update request set requester_id = ${requesterId}, beneficiary_id = ${beneficiaryId} where id = ${id}`);
  await ctx.tx.run(sql`update request_line set beneficiary_id = ${beneficiaryId} where request_id = ${id}`);
  const detail = { from: duplicateId, to: survivorId };
  await addNote(ctx.tx, ctx.principal, { requestId: id, kind: 'moved', detail });
  await ctx.record(permit, {
    event: requestMoved,
    subject: beneficiaryId,
    data: { requestId: id, beneficiaryId, requesterId, fromId: duplicateId },
  });
  // Whoever benefits now decides it no more, and others may have to be asked.
  await followUp(ctx, permit, id);
}

async function mayNotMove(tx: Tx, request: Request, { duplicateId, survivorId }: Merged): Promise<boolean> {
  const steps = await stepsOf(tx, [request.id]);
  if (steps.some((step) => decidersOf([step]).includes(survivorId))) return true;
  if (request.beneficiaryId !== duplicateId) return false;
  const { twice } = await tx.one<{ twice: boolean }>(sql`
    select exists (select from request_line l join request_line o
                      on o.beneficiary_id = ${survivorId} and o.state = 'pending'
                     and coalesce(o.entitlement_id, o.role_id) = coalesce(l.entitlement_id, l.role_id)
                    where l.request_id = ${request.id} and l.state = 'pending') as twice`);
  return twice;
}
