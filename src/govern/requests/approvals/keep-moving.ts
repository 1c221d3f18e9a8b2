import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { defineJob, type Ctx } from '#spine/operations/index.ts';
import { requestExpired, stepReminded } from '../events.ts';
import type { Request, Step } from '../model.ts';
import { addNote, endRequest, lockRequest, readPolicy, stepsOf } from '../store.ts';
import { tell } from '../tell.ts';
import { warnOfEnds } from '../grants/warn-of-end.ts';
import type { ApprovalRules } from '../approvers/approval-rules.ts';
import type { Asking } from '../approvers/find-approvers.ts';
import { askingFor, decidersOf } from '../approvers/still-asked.ts';
import { linksTo } from '../decision-links/links-to.ts';
import { deputiesOfStep } from '../deputies/cover.ts';
import { keepDecidable } from './keep-decidable.ts';
import { escalate } from './reroute-step.ts';

/**
 * Looks once a minute after every request that waits: reminds whoever is late, asks the next in line, asks others
 * where nobody asked can decide any more, ends what nobody decided in time, and tells holders whose time is nearly over. Safe to run twice and on two nodes:
 * a request is locked and looked at again before anything happens to it.
 */
export const keepMoving = defineJob({
  name: 'requests.keepMoving',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => {
    const now = job.clock.now();
    const waiting = await job.db.many<{ id: string }>(sql`
      select distinct r.id from request r join approval_step s on s.request_id = r.id and s.state = 'open'
       where r.state = 'pending' and (
             r.expires_at <= ${now} or s.escalate_at <= ${now} or (s.due_at <= ${now} and s.reminded_at is null)
             or not exists (
               select from identity_facts f where f.identity_id = any (s.candidates) and f.state = 'active'
                  and f.valid_from <= ${now} and (f.valid_to is null or f.valid_to > ${now})))
       order by r.id limit 500`);
    for (const { id } of waiting) {
      await job.act({ action: 'request.follow_up', resource: { type: 'Request', id } }, (ctx, permit) =>
        followUp(ctx, permit, id),
      );
    }
    await warnOfEnds(job);
  },
});

/** What is due for one request now. */
export const followUp = async (ctx: Ctx, permit: Permit, id: string): Promise<void> => {
  const request = await lockRequest(ctx.tx, id);
  const steps = await stepsOf(ctx.tx, [id]);
  const step = steps.find((s) => s.state === 'open');
  if (request.state !== 'pending' || step === undefined) return;
  if (request.expiresAt <= ctx.now) {
    await expire(ctx, permit, request, step);
    return;
  }
  const { rules } = await readPolicy(ctx.tx, request.policyNumber);
  for (const open of await keepDecidable(ctx, permit, request, steps, rules))
    await hurry(ctx, permit, request, open, rules, await askingFor(ctx.tx, request, open, decidersOf(steps)));
};

const hurry = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  asking: Asking,
): Promise<void> => {
  if (step.escalateAt !== null && step.escalateAt <= ctx.now) {
    if (await escalate(ctx, permit, request, step, rules, asking)) return;
    // Everybody there is has been asked: only a reminder is left, once a round.
    await ctx.tx.run(sql`update approval_step set escalate_at = null where id = ${step.id}`);
  }
  if (step.dueAt === null || step.dueAt > ctx.now || step.remindedAt !== null) return;
  await ctx.tx.run(sql`update approval_step set reminded_at = ${ctx.now} where id = ${step.id}`);
  await ctx.record(permit, {
    event: stepReminded,
    subject: request.beneficiaryId,
    data: {
      requestId: request.id,
      beneficiaryId: request.beneficiaryId,
      n: step.n,
      kind: step.kind,
      candidates: [...step.candidates],
    },
  });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: 'step_reminded',
    detail: { n: step.n, candidates: step.candidates },
  });
  const to = [...step.candidates, ...(await deputiesOfStep(ctx.tx, step.id))];
  const links = await linksTo(ctx.tx, request, [step.id], to);
  await tell(ctx, permit, request, { to, template: 'approval.reminder', facts: { because: step.because }, links });
};

const expire = async (ctx: Ctx, permit: Permit, request: Request, step: Step): Promise<void> => {
  await endRequest(ctx.tx, { id: request.id, state: 'expired', because: 'nobody decided in time' });
  await ctx.record(permit, {
    event: requestExpired,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId },
  });
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'expired', detail: { n: step.n } });
  await tell(ctx, permit, request, { to: [request.requesterId, request.beneficiaryId], template: 'request.expired' });
};
