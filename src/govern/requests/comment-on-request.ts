import type { Permit } from '#spine/decide/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { deputiesOfStep } from './deputies/cover.ts';
import { requestCommented } from './events.ts';
import { addNote, lockRequest, notesOf, stepsOf } from './store.ts';
import { tell } from './tell.ts';

/**
 * Puts a comment on the timeline, for all who may read the request, and tells those it concerns: who asked, whom it is
 * for, whom it waits for, and whoever commented before.
 */
export const commentOnRequest = async (
  ctx: Ctx,
  permit: Permit<'request.comment'>,
  input: { readonly id: string; readonly text: string },
): Promise<string> => {
  const request = await lockRequest(ctx.tx, input.id);
  const open = (await stepsOf(ctx.tx, [request.id])).filter((s) => s.state === 'open');
  const to = new Set([request.requesterId, request.beneficiaryId, ...open.flatMap((s) => s.candidates)]);
  for (const step of open) for (const id of await deputiesOfStep(ctx.tx, step.id)) to.add(id);
  for (const note of await notesOf(ctx.tx, request.id))
    if (note.kind === 'comment' && note.actor.startsWith('identity:')) to.add(note.actor.slice('identity:'.length));
  to.delete(ctx.principal.id);
  await addNote(ctx.tx, ctx.principal, { requestId: request.id, kind: 'comment', detail: { text: input.text } });
  await ctx.record(permit, {
    event: requestCommented,
    subject: request.beneficiaryId,
    data: { requestId: request.id, beneficiaryId: request.beneficiaryId, text: input.text },
  });
  await tell(ctx, permit, request, { to: [...to], template: 'request.commented', facts: { comment: input.text } });
  return request.id;
};
