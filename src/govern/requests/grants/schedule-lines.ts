import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { defineJob, type Ctx } from '#spine/operations/index.ts';
import { requestApproved, requestBegun, requestScheduled } from '../events.ts';
import { isLive, type Request } from '../model.ts';
import { addNote, endRequest, linesOf, lockRequest, readPolicy } from '../store.ts';
import { tell } from '../tell.ts';
import { giveAccess } from './give-access.ts';
import { takeAway } from './take-away.ts';

/** Approved, but for later: the lines wait for their time, and nothing is given yet. */
export const scheduleLines = async (ctx: Ctx, permit: Permit, request: Request, startsAt: Date): Promise<void> => {
  const waiting = (await linesOf(ctx.tx, [request.id])).filter((l) => l.state === 'pending').map((l) => l.id);
  await ctx.tx.run(sql`update request_line set state = 'scheduled' where id = any(${waiting}::uuid[])`);
  await endRequest(ctx.tx, { id: request.id, state: 'approved', because: null });
  const who = { requestId: request.id, beneficiaryId: request.beneficiaryId };
  const about = { subject: request.beneficiaryId };
  await ctx.record(permit, { event: requestApproved, ...about, data: { ...who, grantIds: [], refused: [] } });
  await ctx.record(permit, {
    event: requestScheduled,
    ...about,
    data: { ...who, startsAt: startsAt.toISOString(), lineIds: waiting },
  });
  await addNote(ctx.tx, ctx.principal, {
    requestId: request.id,
    kind: 'scheduled',
    detail: { startsAt: startsAt.toISOString() },
  });
  await tell(ctx, permit, request, {
    to: [request.requesterId, request.beneficiaryId],
    template: 'request.scheduled',
    facts: { startsAt: startsAt.toISOString() },
  });
};

/**
 * Looks once a minute for what was approved for later and is due. What is due is judged again as things are by then:
 * somebody who left, a conflict of duties, a risk that wants more approvals than there were. Safe to run twice and on
 * two nodes: a request is locked and looked at again before anything happens to it.
 */
export const beginScheduled = defineJob({
  name: 'requests.beginScheduled',
  every: '* * * * *',
  input: z.unknown(),
  run: async (job) => {
    const due = await job.db.many<{ id: string }>(sql`
      select distinct r.id from request_line l join request r on r.id = l.request_id
       where l.state = 'scheduled' and r.starts_at <= ${job.clock.now()} order by r.id limit 500`);
    for (const { id } of due) {
      await job.act({ action: 'request.follow_up', resource: { type: 'Request', id } }, (ctx, permit) =>
        begin(ctx, permit, id),
      );
    }
  },
});

const begin = async (ctx: Ctx, permit: Permit, id: string): Promise<void> => {
  const request = await lockRequest(ctx.tx, id);
  const due = (await linesOf(ctx.tx, [id])).some(isLive) && request.startsAt !== null && request.startsAt <= ctx.now;
  if (!due || request.state !== 'approved') return;
  const { rules } = await readPolicy(ctx.tx, request.policyNumber);
  const given = await giveAccess(ctx, permit, request, rules);
  const taken = await takeAway(ctx, permit, request);
  const refused = [...given.refused, ...taken.refused];
  await ctx.record(permit, {
    event: requestBegun,
    subject: request.beneficiaryId,
    data: {
      requestId: id,
      beneficiaryId: request.beneficiaryId,
      grantIds: [...given.grantIds, ...taken.grantIds],
      refused: refused.map((r) => r.lineId),
    },
  });
  const to = [request.requesterId, request.beneficiaryId];
  if (refused.length > 0) {
    const because = refused.map((r) => r.because).join('; ');
    await tell(ctx, permit, request, { to, template: 'request.denied', facts: { because } });
  } else await tell(ctx, permit, request, { to, template: 'request.begun' });
};
