import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import { requestApproved, requestDenied } from '../events.ts';
import type { Request } from '../model.ts';
import { endRequest } from '../store.ts';
import { tell } from '../tell.ts';
import { sendBack } from '../approvals/reevaluation/send-back.ts';
import { asOfNow } from './as-of-now.ts';
import { giveAccess } from './give-access.ts';
import { scheduleLines } from './schedule-lines.ts';
import { takeAway } from './take-away.ts';

/**
 * Ends a request that wants no more approvals: its access begins, now or when its time comes, or it is denied where
 * nothing of it can be given. Where it wants more by now than when it was asked for, it goes back for that instead.
 */
export const giveWhatWasApproved = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  rules: ApprovalRules,
): Promise<void> => {
  const judged = await asOfNow(ctx.tx, request, rules);
  if (await sendBack(ctx, permit, request, rules, judged)) return;
  if (request.startsAt !== null && request.startsAt > ctx.now) {
    await scheduleLines(ctx, permit, request, request.startsAt);
    return;
  }
  const given = await giveAccess(ctx, permit, request, rules, judged);
  const taken = await takeAway(ctx, permit, request);
  const refused = [...given.refused, ...taken.refused];
  const who = { requestId: request.id, beneficiaryId: request.beneficiaryId };
  const to = [request.requesterId, request.beneficiaryId];
  if (given.grantIds.length + taken.grantIds.length === 0) {
    const because = refused.map((r) => r.because).join('; ');
    await endRequest(ctx.tx, { id: request.id, state: 'denied', because });
    await ctx.record(permit, { event: requestDenied, subject: request.beneficiaryId, data: { ...who, because } });
    await tell(ctx, permit, request, { to, template: 'request.denied', facts: { because } });
    return;
  }
  await endRequest(ctx.tx, { id: request.id, state: 'approved', because: null });
  await ctx.record(permit, {
    event: requestApproved,
    subject: request.beneficiaryId,
    data: {
      ...who,
      grantIds: [...given.grantIds],
      refused: refused.map((r) => r.lineId),
      ...(taken.grantIds.length === 0 ? {} : { ended: [...taken.grantIds] }),
    },
  });
  await tell(ctx, permit, request, { to, template: 'request.approved' });
};
