import { z } from 'zod';
import { conflict, notFound } from '#kit/errors/index.ts';
import { instantOut, pageInput, pageOf } from '#kit/http/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { SEND } from './collect-digests.ts';
import { noticeRetried } from './events.ts';
import { findMail, listMails, reopenMail } from './store.ts';

const state = z.enum(['waiting', 'sent', 'not_sent']);
const mailOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string(),
  template: z.string(),
  state,
  because: z.string().nullable(),
  attempts: z.int(),
  wantedAt: instantOut,
  settledAt: instantOut.nullable(),
  /** Kept back until then, to go out with others. */
  heldUntil: instantOut.nullable(),
  /** The mail it goes out with. */
  digestId: z.uuid().nullable(),
});

/** Whether people were told. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'notices.list',
    action: 'notice.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/notices',
    summary: 'List who was told of what by mail, and who was not and why, newest first',
    input: z.object({ ...pageInput, state: state.optional() }),
    output: pageOf(mailOut),
    cli: { command: 'notices ls', columns: ['id', 'identityName', 'template', 'state', 'because', 'wantedAt'] },
    handler: (ctx, _permit, input) => listMails(ctx.tx, input),
  }),
  defineOperation({
    name: 'notices.retry',
    action: 'notice.retry',
    kind: 'write',
    method: 'POST',
    path: '/v1/notices/{id}/retry',
    summary: 'Try again to tell somebody who was not told',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'notices retry', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const mail = await reopenMail(ctx.tx, input.id);
      if (mail === undefined) {
        if ((await findMail(ctx.tx, input.id)) === undefined) throw notFound('notice', input.id);
        throw conflict('notice.settled', 'this mail was sent, or waits to be');
      }
      await ctx.record(permit, {
        event: noticeRetried,
        subject: mail.identityId,
        data: { mailId: mail.id, causeId: mail.eventId, identityId: mail.identityId, template: mail.template },
      });
      await enqueue(ctx.tx, SEND, { mailId: mail.id }, { key: `mail:${mail.id}` });
      return { id: mail.id };
    },
  }),
];
