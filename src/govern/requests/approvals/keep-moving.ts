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
import { whoBenefits } from '../approvers/find-approvers.ts';
import { escalate, reroute } from './reroute-step.ts';
import { stillAsked } from '../approvers/still-asked.ts';

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
      select r.id from request r join approval_step s on s.request_id = r.id and s.state = 'open'
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
  const deciders = steps.flatMap((s) => s.decidedBy ?? []);
  const benefits = await whoBenefits(ctx.tx, request.requesterId, request.beneficiaryId);
  const not = new Set([...benefits, ...deciders]);
  const there = await stillAsked(ctx.tx, request, step, rules, deciders);
  if (there.length === 0 && (await reroute(ctx, permit, request, step, rules, not))) return;
  if (there.length > 0 && there.length < step.candidates.length) {
    await ctx.tx.run(
      sql`update approval_step set candidates = ${there}::uuid[] where id = ${step.id} and state = 'open'`,
    );
  }
  await hurry(ctx, permit, request, { ...step, candidates: there.length > 0 ? there : step.candidates }, rules, not);
};

const hurry = async (
  ctx: Ctx,
  permit: Permit,
  request: Request,
  step: Step,
  rules: ApprovalRules,
  not: ReadonlySet<string>,
): Promise<void> => {
  if (step.escalateAt !== null && step.escalateAt <= ctx.now) {
    if (await escalate(ctx, permit, request, step, rules, not)) return;
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
  await tell(ctx, permit, request, {
    to: step.candidates,
    template: 'approval.reminder',
    facts: { because: step.because },
  });
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
