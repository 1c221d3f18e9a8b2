import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { instantIn, instantOut, pageInput, pageOf, text } from '#kit/http/index.ts';
import type { ResourceRef } from '#spine/decide/port.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/contract.ts';
import { formatLogKey, logSigner } from './checkpoint/log-key.ts';
import { eraseSubject, setLegalHold } from './erase-subject.ts';
import { logExported, personalOpened } from './events.ts';
import { exportPage } from './read/export-log.ts';
import { proofFor } from './read/prove-event.ts';
import { readEvent, readEvents, type Opening, type ReadEvent } from './read/read-events.ts';
import { trailOf } from './resources.ts';

const eventOut = z.object({
  id: z.uuid(),
  seq: z.int().nullable(),
  at: instantOut,
  type: z.string(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  via: z.string(),
  address: z.string().nullable(),
  subject: z.uuid().nullable(),
  trace: z.string(),
  decision: z.object({ id: z.string(), policies: z.array(z.string()) }).nullable(),
  data: z.record(z.string(), z.unknown()),
  sealed: z.array(z.string()),
});
const openedOut = eventOut.extend({ opened: z.record(z.string(), z.unknown()) });

const shown = (event: ReadEvent): z.input<typeof eventOut> => ({
  id: event.id,
  seq: event.seq,
  at: event.at,
  type: event.type,
  actor: { kind: event.actorKind, id: event.actorId },
  via: event.via,
  address: event.address,
  subject: event.subjectId,
  trace: event.trace,
  decision: event.decisionId === null ? null : { id: event.decisionId, policies: [...event.policies] },
  data: { ...event.data },
  sealed: [...event.sealed],
});

const byId = z.object({ id: z.uuid() });

/** An event is part of its subject's trail; one that does not exist is asked about as the whole log. */
const trailOfEvent = async ({ id }: { id: string }, tx: Tx): Promise<ResourceRef> => {
  const row = await tx.maybe<{ subjectId: string | null }>(sql`select subject_id from audit_event where id = ${id}`);
  return trailOf(row?.subjectId);
};

/** Somebody who reads about themself opens what is sealed under their own key, and not the address of who acted. */
const openingFor = (ctx: Ctx, subjectId: string | null): Opening =>
  ctx.principal.id === subjectId ? { only: subjectId } : 'everybody';

/** What can be asked of the log. */
export const auditOperations = ({ keys }: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'audit.list',
    action: 'audit.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/events',
    summary: 'List events of the audit log, newest first',
    description: 'Without a subject this asks for the whole log; with your own id it is about you.',
    input: z.object({
      type: text(100).optional(),
      actor: text(200).optional(),
      subject: z.uuid().optional(),
      since: instantIn.optional(),
      until: instantIn.optional(),
      ...pageInput,
    }),
    output: pageOf(eventOut),
    cli: { command: 'audit ls', columns: ['seq', 'at', 'type', 'actor', 'subject', 'via', 'id'] },
    resource: (input) => trailOf(input.subject),
    handler: async (ctx, _permit, input) => {
      const { cursor, limit, ...filters } = input;
      const page = await readEvents(ctx.tx, keys, { filters, cursor, limit, open: 'nobody' });
      return { items: page.events.map(shown), nextCursor: page.next };
    },
  }),
  defineOperation({
    name: 'audit.show',
    action: 'audit.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/events/{id}',
    summary: 'Show one event',
    input: byId,
    output: eventOut,
    cli: { command: 'audit show', positional: ['id'] },
    resource: trailOfEvent,
    handler: async (ctx, _permit, input) => shown(await readEvent(ctx.tx, keys, input.id, 'nobody')),
  }),
  defineOperation({
    name: 'audit.open',
    action: 'audit.open',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/events/{id}/opened',
    summary: 'Show one event with its personal fields; the log tells that you looked',
    input: byId,
    output: openedOut,
    recordsRead: true,
    cli: { command: 'audit open', positional: ['id'] },
    resource: trailOfEvent,
    handler: async (ctx, permit, input) => {
      const closed = await readEvent(ctx.tx, keys, input.id, 'nobody');
      const event = await readEvent(ctx.tx, keys, input.id, openingFor(ctx, closed.subjectId));
      await ctx.record(permit, {
        event: personalOpened,
        data: { eventId: input.id, fields: Object.keys(event.opened ?? {}) },
      });
      return { ...shown(event), opened: { ...event.opened } };
    },
  }),
  defineOperation({
    name: 'audit.proof',
    action: 'audit.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/events/{id}/proof',
    summary: 'Prove that an event is in the signed log',
    description:
      'The entry as hashed, its inclusion path (RFC 6962) and the newest signed checkpoint. Checked before it is given.',
    input: byId,
    output: z.object({
      entry: z.record(z.string(), z.unknown()),
      seq: z.int(),
      size: z.int(),
      leaf: z.base64(),
      path: z.array(z.base64()),
      checkpoint: z.string(),
    }),
    cli: { command: 'audit proof', positional: ['id'] },
    resource: trailOfEvent,
    handler: async (ctx, _permit, input) => {
      const proof = await proofFor(ctx.tx, logSigner(keys), input.id);
      return { ...proof, entry: { ...proof.entry }, path: [...proof.path] };
    },
  }),
  defineOperation({
    name: 'audit.export',
    action: 'audit.export',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/export',
    summary: 'Export the log as lines the offline verifier checks, page by page',
    description:
      'Write the lines of every page one after another into one file. `next` is the `from` of the next page.',
    input: z.object({
      from: z.int().min(0).default(0),
      /** False for every page but the first: the header is written once. */
      begins: z.boolean().default(true),
    }),
    output: z.object({ lines: z.array(z.string()), next: z.int().nullable(), size: z.int() }),
    recordsRead: true,
    resource: () => trailOf(undefined),
    handler: async (ctx, permit, input) => {
      const page = await exportPage(ctx.tx, logSigner(keys), input);
      await ctx.record(permit, { event: logExported, data: { fromSize: input.from, toSize: page.size } });
      return { lines: [...page.lines], next: page.next ?? null, size: page.size };
    },
  }),
  defineOperation({
    name: 'audit.publicKey',
    action: 'audit.read_key',
    kind: 'read',
    method: 'GET',
    path: '/v1/audit/key',
    summary: 'The public key the log is verified with, and its newest checkpoint to keep as a witness',
    input: z.object({}),
    output: z.object({ publicKey: z.string(), origin: z.string(), size: z.int(), checkpoint: z.string().nullable() }),
    cli: { command: 'audit key' },
    handler: async (ctx) => {
      const signer = logSigner(keys);
      const head = await ctx.tx.maybe<{ size: number; note: string }>(
        sql`select size, note from audit_checkpoint order by size desc limit 1`,
      );
      return {
        publicKey: formatLogKey(signer),
        origin: signer.origin,
        size: head?.size ?? 0,
        checkpoint: head?.note ?? null,
      };
    },
  }),
  defineOperation({
    name: 'audit.erase',
    action: 'audit.erase',
    kind: 'write',
    method: 'POST',
    path: '/v1/audit/subjects/{subjectId}/erase',
    summary: "Erase a subject's personal data from the log for ever; the log still verifies",
    input: z.object({ subjectId: z.uuid(), case: text(200).describe('the case this follows from; no names') }),
    output: z.object({ subjectId: z.uuid(), erasedAt: instantOut }),
    cli: { command: 'audit erase', positional: ['subjectId'] },
    resource: (input) => trailOf(input.subjectId),
    handler: async (ctx, permit, input) => {
      await eraseSubject(ctx, permit, keys, input);
      return { subjectId: input.subjectId, erasedAt: ctx.now };
    },
  }),
  defineOperation({
    name: 'audit.hold',
    action: 'audit.hold',
    kind: 'write',
    method: 'POST',
    path: '/v1/audit/subjects/{subjectId}/hold',
    summary: "Put a subject's personal data in the log under legal hold, or lift the hold",
    input: z.object({
      subjectId: z.uuid(),
      held: z.boolean(),
      case: text(200).describe('the case this follows from; no names'),
    }),
    output: z.object({ subjectId: z.uuid(), held: z.boolean() }),
    cli: { command: 'audit hold', positional: ['subjectId'] },
    resource: (input) => trailOf(input.subjectId),
    handler: async (ctx, permit, input) => {
      await setLegalHold(ctx, permit, input);
      return { subjectId: input.subjectId, held: input.held };
    },
  }),
];
