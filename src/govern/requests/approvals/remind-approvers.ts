import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { linksTo } from '../decision-links/links-to.ts';
import { deputiesOfStep } from '../deputies/cover.ts';
import { stepReminded } from '../events.ts';
import { addNote, lockRequest, stepsOf } from '../store.ts';
import { tell } from '../tell.ts';

/** Nobody is reminded more often. */
const PAUSE_MS = 3_600_000;

/** Whoever waits reminds those who are asked; at most once an hour. */
export const remindApprovers = async (
  ctx: Ctx,
  permit: Permit<'request.remind'>,
  idOrNumber: string,
): Promise<string> => {
  const request = await lockRequest(ctx.tx, idOrNumber);
  const open = (await stepsOf(ctx.tx, [request.id])).filter((s) => s.state === 'open');
  if (request.state !== 'pending' || open.length === 0)
    throw conflict('request.over', `request R-${request.number} is ${request.state} already`);
  const last = Math.max(...open.flatMap((s) => [s.openedAt?.getTime() ?? 0, s.remindedAt?.getTime() ?? 0]));
  if (ctx.now.getTime() - last < PAUSE_MS)
    throw conflict(
      'request.reminded_lately',
      `those who are asked were told at ${new Date(last).toISOString()}`,
      `remind them after ${new Date(last + PAUSE_MS).toISOString()}`,
    );
  for (const step of open) {
    await ctx.tx.run(sql`update approval_step set reminded_at = ${ctx.now} where id = ${step.id}`);
    const { n, kind, candidates } = step;
    await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'step_reminded', detail: { n, candidates } });
    await ctx.record(permit, {
      event: stepReminded,
      subject: request.beneficiaryId,
      data: { requestId: request.id, beneficiaryId: request.beneficiaryId, n, kind, candidates: [...candidates] },
    });
  }
  const deputies: string[] = [];
  for (const step of open) deputies.push(...(await deputiesOfStep(ctx.tx, step.id)));
  const to = [...new Set([...open.flatMap((s) => s.candidates), ...deputies])];
  const links = await linksTo(
    ctx.tx,
    request,
    open.map((s) => s.id),
    to,
  );
  await tell(ctx, permit, request, { to, template: 'approval.reminder', links });
  return request.id;
};
