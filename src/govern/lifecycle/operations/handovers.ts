import { z } from 'zod';
import { instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { PLATFORM, type ResourceRef } from '#spine/decide/port.ts';
import { findIdentityByUsername } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { acceptHandover, passHandover } from '../owners/answer.ts';
import { listHandovers } from '../owners/store.ts';

const handoverOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string(),
  kind: z.string(),
  fromId: z.uuid(),
  fromName: z.string(),
  actingId: z.uuid().nullable(),
  actingName: z.string().nullable(),
  because: z.string(),
  state: z.string(),
  askedAt: instantOut,
  dueAt: instantOut,
  settledAt: instantOut.nullable(),
  settledBy: z.uuid().nullable(),
});
const settledOut = z.object({ id: z.uuid(), identityId: z.uuid(), actingId: z.uuid().nullable(), state: z.string() });
const states = z.enum(['open', 'lapsed', 'accepted', 'withdrawn', 'replaced']);

const about = (input: { readonly id: string }): ResourceRef => ({ type: 'Handover', id: input.id });

/** What goes to somebody else because whoever answered for it cannot any more. */
export const handoverOperations = [
  defineOperation({
    name: 'handovers.list',
    action: 'handover.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/handovers',
    summary: 'List what was handed over because whoever answered for it cannot, newest first',
    description: 'People may list what they are asked for themselves (`actingId` is their own).',
    input: z.object({
      state: states.optional(),
      actingId: z.uuid().optional(),
      identityId: z.uuid().optional(),
      ...pageInput,
    }),
    output: pageOf(handoverOut),
    cli: {
      command: 'handovers ls',
      columns: ['id', 'identityName', 'kind', 'fromName', 'actingName', 'because', 'state', 'dueAt'],
    },
    resource: (input) => (input.actingId === undefined ? PLATFORM : { type: 'Identity', id: input.actingId }),
    handler: (ctx, _permit, input) => listHandovers(ctx.tx, input),
  }),
  defineOperation({
    name: 'handovers.accept',
    action: 'handover.settle',
    kind: 'write',
    method: 'POST',
    path: '/v1/handovers/{id}/accept',
    summary: 'Accept to answer for what was handed over',
    description: 'What was shut because nobody answered for it opens again.',
    input: z.object({ id: z.uuid() }),
    output: settledOut,
    cli: { command: 'handovers accept', positional: ['id'] },
    resource: about,
    handler: (ctx, permit, input) => acceptHandover(ctx, permit, input),
  }),
  defineOperation({
    name: 'handovers.pass',
    action: 'handover.settle',
    kind: 'write',
    method: 'POST',
    path: '/v1/handovers/{id}/pass',
    summary: 'Name somebody else to answer for what was handed over',
    description: 'They answer for the time being and are asked to accept it; the day by which stays.',
    input: z.object({ id: z.uuid(), to: z.string().min(1).max(200), because: text(1000) }),
    output: settledOut,
    cli: { command: 'handovers pass', positional: ['id'] },
    resource: about,
    handler: async (ctx, permit, { id, to, because }) => {
      const named = z.uuid().safeParse(to).success ? to : ((await findIdentityByUsername(ctx.tx, to))?.id ?? to);
      return await passHandover(ctx, permit, { id, to: named, because });
    },
  }),
];
