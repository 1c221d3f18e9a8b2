import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { listClasses, putClass, removeClass } from './classes.ts';
import { countDue } from './due.ts';
import { askToLift, getHold, HOLD_SCOPES, liftHold, listHolds, placeHold } from './holds.ts';
import { acceptPurge, declinePurge, listPurges } from './purge-recordings.ts';

const classOut = z.object({
  id: z.uuid(),
  name: z.string(),
  place: z.int(),
  protocol: z.string().nullable(),
  systemIds: z.array(z.uuid()),
  days: z.int().nullable().describe('after the session ended; null: for good'),
  countsFrom: instantOut.describe('it purges nothing before'),
});
const holdOut = z.object({
  id: z.uuid(),
  scope: z.enum(HOLD_SCOPES),
  on: z.uuid(),
  onName: z.string(),
  reason: z.string(),
  placedBy: z.uuid(),
  placedAt: instantOut,
  liftAskedBy: z.uuid().nullable(),
  liftAskedAt: instantOut.nullable(),
  liftBecause: z.string().nullable(),
  liftedBy: z.uuid().nullable(),
  liftedAt: instantOut.nullable(),
});
const purgeOut = z.object({
  id: z.uuid(),
  state: z.enum(['held', 'going', 'done', 'declined']),
  counted: z.int(),
  purged: z.int(),
  asOf: instantOut,
  judgedBy: z.uuid().nullable(),
  because: z.string().nullable(),
});
const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,49}$/u, 'is a word of small letters, digits and ._-');
const byId = z.object({ id: z.uuid(), because: text(500) });

/** How long recordings are kept, what holds them, and what is to be taken away. */
export const keepingOperations = (): readonly AnyOperation[] => [
  defineOperation({
    name: 'recordings.keeping',
    action: 'recording.see_keeping',
    kind: 'read',
    method: 'GET',
    path: '/v1/recording-keeping',
    summary: 'How long recordings are kept, what holds them, what is due, and the runs that take it away',
    input: z.object({ lifted: z.boolean().default(false).describe('holds that were lifted too') }),
    output: z.object({
      classes: z.array(classOut),
      holds: z.array(holdOut),
      due: z.array(z.object({ class: z.string(), recordings: z.int() })).describe('what a run would take away now'),
      purges: z.array(purgeOut),
    }),
    cli: { command: 'recordings keeping' },
    handler: async (ctx, _permit, input) => ({
      classes: await listClasses(ctx.tx),
      holds: await listHolds(ctx.tx, input.lifted),
      due: await countDue(ctx.tx, ctx.now),
      purges: await listPurges(ctx.tx),
    }),
  }),
  defineOperation({
    name: 'recordingClasses.put',
    action: 'recording_class.put',
    kind: 'write',
    method: 'PUT',
    path: '/v1/recording-classes/{name}',
    summary: 'Say which recordings are of a class, and how long they are kept',
    description: 'The first class that fits counts, by its place. No class purges anything for seven days after.',
    input: z.object({
      name,
      place: z.int().min(0).max(1000).default(100),
      protocol: z.enum(['ssh', 'postgres', 'mysql', 'http']).optional().describe('absent: any'),
      systems: z.array(text(300)).max(200).default([]).describe('ids or names; none: any'),
      days: z.int().min(1).max(36_500).optional().describe('after the session ended; absent: for good'),
    }),
    output: classOut,
    cli: { command: 'recordings classes put', positional: ['name'] },
    handler: putClass,
  }),
  defineOperation({
    name: 'recordingClasses.remove',
    action: 'recording_class.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/recording-classes/{name}',
    summary: 'Remove a class; its recordings are of the next that fits, or kept for good',
    input: z.object({ name }),
    output: z.object({ name: z.string() }),
    cli: { command: 'recordings classes remove', positional: ['name'] },
    handler: async (ctx, permit, input) => {
      await removeClass(ctx, permit, input.name);
      return { name: input.name };
    },
  }),
  defineOperation({
    name: 'recordingHolds.place',
    action: 'recording_hold.place',
    kind: 'write',
    method: 'POST',
    path: '/v1/recording-holds',
    summary: 'Keep recordings of a session, a person, a system or a class, whatever their class says',
    input: z.object({
      scope: z.enum(HOLD_SCOPES),
      subject: text(300).describe('id of a session; id or name of a person, system or class'),
      reason: text(500),
    }),
    output: holdOut,
    cli: { command: 'recordings hold', positional: ['scope', 'subject'] },
    handler: placeHold,
  }),
  defineOperation({
    name: 'recordingHolds.show',
    action: 'recording_hold.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/recording-holds/{id}',
    summary: 'Show a hold, also one that was lifted',
    input: z.object({ id: z.uuid() }),
    output: holdOut,
    cli: { command: 'recordings hold-show', positional: ['id'] },
    handler: (ctx, _permit, input) => getHold(ctx.tx, input.id),
  }),
  defineOperation({
    name: 'recordingHolds.askToLift',
    action: 'recording_hold.lift',
    kind: 'write',
    method: 'POST',
    path: '/v1/recording-holds/{id}/ask-to-lift',
    summary: 'Ask for a hold to be lifted; somebody else has to agree',
    input: byId,
    output: holdOut,
    cli: { command: 'recordings ask-to-lift', positional: ['id'] },
    handler: (ctx, permit, input) => askToLift(ctx, permit, input.id, input.because),
  }),
  defineOperation({
    name: 'recordingHolds.lift',
    action: 'recording_hold.lift',
    kind: 'write',
    method: 'POST',
    path: '/v1/recording-holds/{id}/lift',
    summary: 'Agree that a hold is lifted, which somebody else asked for',
    input: z.object({ id: z.uuid() }),
    output: holdOut,
    cli: { command: 'recordings lift', positional: ['id'] },
    handler: (ctx, permit, input) => liftHold(ctx, permit, input.id),
  }),
  defineOperation({
    name: 'recordingPurges.accept',
    action: 'recording_purge.judge',
    kind: 'write',
    method: 'POST',
    path: '/v1/recording-purges/{id}/accept',
    summary: 'Let a held run take away as many recordings as it said',
    input: byId,
    output: purgeOut,
    cli: { command: 'recordings purge-accept', positional: ['id'] },
    handler: (ctx, permit, input) => acceptPurge(ctx, permit, input.id, input.because),
  }),
  defineOperation({
    name: 'recordingPurges.decline',
    action: 'recording_purge.judge',
    kind: 'write',
    method: 'POST',
    path: '/v1/recording-purges/{id}/decline',
    summary: 'Let nothing of a held run be taken away',
    input: byId,
    output: purgeOut,
    cli: { command: 'recordings purge-decline', positional: ['id'] },
    handler: (ctx, permit, input) => declinePurge(ctx, permit, input.id, input.because),
  }),
];
