import { z } from 'zod';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation, type TakeStepUp } from '#spine/operations/index.ts';
import { LOCK_SCOPES } from './model.ts';
import { liftLock, meantBy, placeLock } from './place-lock.ts';
import { listLocks } from './store.ts';

const lockOut = z.object({
  id: z.uuid(),
  scope: z.enum(LOCK_SCOPES),
  identityId: z.uuid().nullable(),
  accountId: z.uuid().nullable(),
  systemId: z.uuid().nullable(),
  reason: z.string(),
  placedBy: z.uuid(),
  placedAt: instantOut,
  endsAt: instantOut.nullable(),
  liftedAt: instantOut.nullable(),
  liftedBy: z.uuid().nullable(),
  liftedBecause: z.string().nullable(),
});

/** Locking, unlocking, and what is locked. */
export const operations = (edges: { readonly takeStepUp: TakeStepUp }): readonly AnyOperation[] => [
  defineOperation({
    name: 'locks.place',
    action: 'lock.place',
    kind: 'write',
    method: 'POST',
    path: '/v1/locks',
    summary: 'Lock a person, an account, a system, or everything',
    description:
      'No access past it from now on, and live sessions end within a second. Takes no grant away. For everything, a fresh proof that it is you.',
    input: z.object({
      scope: z.enum(LOCK_SCOPES),
      subject: text(300)
        .optional()
        .describe('id or username, account@system, or name of a system; none for everything'),
      reason: text(500),
      endsAt: instantIn.optional(),
    }),
    output: lockOut,
    cli: { command: 'lock', positional: ['scope', 'subject'] },
    resource: (input, tx) => meantBy(tx, input),
    handler: (ctx, permit, input) => placeLock(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'locks.lift',
    action: 'lock.lift',
    kind: 'write',
    method: 'POST',
    path: '/v1/locks/{id}/lift',
    summary: 'Lift a lock',
    description: 'Other locks on the same thing go on holding. For everything, a fresh proof that it is you.',
    input: z.object({ id: z.uuid(), because: text(500) }),
    output: lockOut,
    cli: { command: 'unlock', positional: ['id'] },
    resource: (input) => ({ type: 'Lock', id: input.id }),
    handler: (ctx, permit, input) => liftLock(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'locks.list',
    action: 'lock.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/locks',
    summary: 'List locks, newest first',
    input: z.object({
      ...pageInput,
      state: z.enum(['holding', 'over']).optional(),
      scope: z.enum(LOCK_SCOPES).optional(),
      identityId: z.uuid().optional(),
      systemId: z.uuid().optional().describe('locks on it and on its accounts'),
    }),
    output: pageOf(
      lockOut.extend({
        onName: z.string(),
        placedByName: z.string().nullable(),
        liftedByName: z.string().nullable(),
        holds: z.boolean(),
      }),
    ),
    cli: { command: 'locks ls', columns: ['id', 'scope', 'onName', 'holds', 'placedByName', 'placedAt', 'endsAt'] },
    handler: (ctx, _permit, { state, ...input }) =>
      listLocks(ctx.tx, { ...input, now: ctx.now, holds: state === undefined ? undefined : state === 'holding' }),
  }),
];
