import { conflict } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requestWithdrawn } from './events.ts';
import { addNote, endRequest, lockRequest } from './store.ts';

/** Takes a request back before it is decided. Whatever was decided first stands. */
export const withdrawRequest = async (
  ctx: Ctx,
  permit: Permit<'request.withdraw'>,
  idOrNumber: string,
): Promise<string> => {
  const request = await lockRequest(ctx.tx, idOrNumber);
  if (!(await endRequest(ctx.tx, { id: request.id, state: 'withdrawn', because: null })))
    throw conflict(
      'request.over',
      `request R-${request.number} is ${request.state} already`,
      request.state === 'approved' ? 'give the access back instead: reeve drop' : undefined,
    );
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'withdrawn' });
  await ctx.record(permit, {
    event: requestWithdrawn,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId },
  });
  return request.id;
};
