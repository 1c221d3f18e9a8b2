import type { Keys } from '#kit/crypto/index.ts';
import { AppError, denied } from '#kit/errors/index.ts';
import type { Decide, Permit } from '#spine/decide/index.ts';
import type { Ctx, TakeStepUp } from '#spine/operations/index.ts';
import { approveStep, denyStep } from '../approvals/decide-step.ts';
import { decisionLinkUsed } from './events.ts';
import { holdLink, provenLink, useLink, type DecisionLink } from './find-link.ts';
import { isLowRisk } from './is-low-risk.ts';
import { readLinkSettings } from './settings.ts';

/** What somebody decides by a link. */
export type ByLink =
  | { readonly decision: 'approve'; readonly comment?: string | undefined }
  | { readonly decision: 'deny'; readonly reason: string };

/** What deciding by a link leans on. */
export interface LinkEdges {
  readonly keys: Keys;
  readonly takeStepUp: TakeStepUp;
}

const signinRequired = (): AppError =>
  new AppError({
    code: 'decision_link.signin_required',
    status: 401,
    detail: 'this is decided by somebody who is signed in',
    fix: 'sign in, then follow the link again',
  });

/** A link speaks for one person. Throws 403 where somebody else is signed in. */
const refuseAnother = (link: DecisionLink, ctx: Ctx): void => {
  if (ctx.principal.id !== link.identityId)
    throw denied(
      'decision_link.of_another',
      'this link was sent to somebody else, and decides in nobody else’s name',
      'decide what waits for you in your inbox',
    );
};

const record = async (ctx: Ctx, permit: Permit, link: DecisionLink, signedIn: boolean): Promise<void> => {
  await useLink(ctx.tx, link.id);
  await ctx.record(permit, {
    event: decisionLinkUsed,
    subject: link.identityId,
    data: { linkId: link.id, requestId: link.requestId, identityId: link.identityId, signedIn },
  });
};

/** Approves the step of a link, as the person it was sent to, who is signed in. */
export const approveByLink = async (
  { keys, takeStepUp }: LinkEdges,
  ctx: Ctx,
  permit: Permit<'request.approve'>,
  input: { readonly token: string; readonly comment?: string | undefined },
): Promise<string> => {
  const found = await provenLink(ctx.tx, keys, input.token);
  refuseAnother(found, ctx);
  const link = await holdLink(ctx.tx, found);
  await record(ctx, permit, link, true);
  return await approveStep(ctx, permit, takeStepUp, {
    id: link.requestId,
    stepId: link.stepId,
    comment: input.comment,
  });
};

/** Denies the step of a link, as the person it was sent to, who is signed in. */
export const denyByLink = async (
  { keys, takeStepUp }: LinkEdges,
  ctx: Ctx,
  permit: Permit<'request.deny'>,
  input: { readonly token: string; readonly reason: string },
): Promise<string> => {
  const found = await provenLink(ctx.tx, keys, input.token);
  refuseAnother(found, ctx);
  const link = await holdLink(ctx.tx, found);
  await record(ctx, permit, link, true);
  return await denyStep(ctx, permit, takeStepUp, { id: link.requestId, stepId: link.stepId, reason: input.reason });
};

/**
 * Decides by a link alone, where the house allows it and everything asked for is of low risk. Whether that person may
 * decide is asked as if they had signed in, and they are who decided; the record says that nobody was signed in.
 */
export const decideUnsigned = async (
  edges: LinkEdges & { readonly decide: Decide },
  ctx: Ctx,
  permit: Permit,
  input: { readonly token: string } & ByLink,
): Promise<string> => {
  const found = await provenLink(ctx.tx, edges.keys, input.token);
  // Somebody is signed in: it is they who act, and what they prove counts.
  if (ctx.principal.kind === 'identity') refuseAnother(found, ctx);
  const { mode } = await readLinkSettings(ctx.tx);
  const link = await holdLink(ctx.tx, found);
  if (mode !== 'low_risk' || !(await isLowRisk(ctx.tx, link.requestId))) throw signinRequired();
  // A link proves nothing afresh: where the policy wants that, whoever decides signs in.
  const takeStepUp: TakeStepUp =
    ctx.principal.kind === 'identity' ? edges.takeStepUp : () => Promise.reject(signinRequired());
  const principal = { kind: 'identity', id: link.identityId } as const;
  const resource = { type: 'Request', id: link.requestId };
  const them: Ctx = { ...ctx, principal };
  const step = { id: link.requestId, stepId: link.stepId };
  await record(ctx, permit, link, ctx.principal.kind === 'identity');
  if (input.decision === 'approve') {
    const theirs = await edges.decide.permit(ctx.tx, { principal, action: 'request.approve', resource });
    return await approveStep(them, theirs.permit, takeStepUp, { ...step, comment: input.comment });
  }
  const theirs = await edges.decide.permit(ctx.tx, { principal, action: 'request.deny', resource });
  return await denyStep(them, theirs.permit, takeStepUp, { ...step, reason: input.reason });
};
