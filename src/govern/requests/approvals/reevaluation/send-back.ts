import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { ApprovalRules } from '../../approvers/approval-rules.ts';
import { requestSentBack } from '../../events.ts';
import type { LineNow } from '../../grants/as-of-now.ts';
import type { Request } from '../../model.ts';
import { addNote, stepsOf } from '../../store.ts';
import { openNext } from '../open-step.ts';
import { planAnew } from './plan-anew.ts';
import { rewriteSteps } from './rewrite-steps.ts';

/**
 * A request that all have approved, and that its own version of the policy asks more of by now than when it was asked
 * for, goes back for the steps that are missing. Decisions that fill a step of the new plan stay. True where it went back;
 * false where nothing is missing, or nobody is there who could decide: then what lacks approvals is refused.
 */
export const sendBack = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  rules: ApprovalRules,
  judged: readonly LineNow[],
): Promise<boolean> => {
  const wanting = judged.filter((now) => now.refused === undefined && (now.lacks !== undefined || now.differs));
  if (wanting.length === 0 || request.state !== 'pending') return false;
  const anew = await planAnew(ctx.tx, request, rules);
  const missing = anew.steps.filter((step) => step.keeps === undefined);
  if (anew.stuck !== null || missing.length === 0) return false;
  const lineIds = [...new Set(missing.flatMap((step) => step.lineIds))];
  const because = [...new Set(wanting.flatMap(({ grew }) => (grew === '' ? [] : [grew])))].join('; ');
  await ctx.record(permit, {
    event: requestSentBack,
    subject: request.beneficiaryId,
    data: {
      requestId: request.id,
      beneficiaryId: request.beneficiaryId,
      policyNumber: request.policyNumber,
      lineIds,
      asked: missing.length,
      dropped: anew.dropped.map((s) => ({ n: s.n, kind: s.kind, decidedBy: s.decidedBy ?? '' })),
      because,
    },
  });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: 'sent_back',
    detail: { asked: missing.length, because },
  });
  await rewriteSteps(ctx, request, anew.steps);
  await openNext(ctx, permit, request, await stepsOf(ctx.tx, [request.id]), rules);
  return true;
};
