import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { PLATFORM } from '#spine/decide/port.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { finishLeaving } from '../consequences/finish-leaving.ts';

const kind = z.enum(['joined', 'moved', 'left', 'returned', 'away', 'back']);
const receiptOut = z.object({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string().nullable(),
  what: z.string(),
  because: z.string(),
  runId: z.uuid().nullable(),
  effectiveAt: instantOut,
  at: instantOut,
  /** Items that are not done yet. */
  open: z.int(),
});
const itemOut = z.object({
  what: z.string(),
  subjectId: z.uuid(),
  name: z.string(),
  dueAt: instantOut.nullable(),
  doneAt: instantOut.nullable(),
  provenAt: instantOut.nullable(),
  problem: z.string().nullable(),
});
type Receipt =
  z.output<typeof receiptOut> extends infer R
    ? { [K in keyof R]: K extends 'effectiveAt' | 'at' ? Date : R[K] }
    : never;
interface Item {
  readonly what: string;
  readonly subjectId: string;
  readonly name: string;
  readonly dueAt: Date | null;
  readonly doneAt: Date | null;
  readonly provenAt: Date | null;
  readonly problem: string | null;
}

/** What waits for its time (a grace) or was merely kept is not open. */
const query = (tx: Tx) => sql`
  select r.id, r.identity_id, f.display_name as identity_name, r.what, r.because, r.run_id, r.effective_at, r.at,
         (select count(*)::int from receipt_item i
           where i.receipt_id = r.id and i.done_at is null and i.due_at <= ${tx.now}) as open
    from lifecycle_receipt r
    left join identity_facts f on f.identity_id = r.identity_id
     and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})`;

export const receiptOperations = [
  defineOperation({
    name: 'receipts.finishLeaving',
    action: 'leaver.finish',
    kind: 'write',
    method: 'POST',
    path: '/v1/identities/{id}/finish-leaving',
    summary: 'End and lock whatever somebody still has who left already',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'identities finish-leaving', positional: ['id'] },
    resource: (input) => ({ type: 'Identity', id: input.id }),
    handler: async (ctx, permit, input) => {
      await finishLeaving(ctx, permit, input);
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'receipts.list',
    action: 'receipt.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/receipts',
    summary: 'List what followed from joining, moving and leaving, newest first',
    description: 'With `identityId`: of one person, which their manager may list too.',
    input: z.object({
      identityId: z.uuid().optional(),
      runId: z.uuid().optional(),
      what: kind.optional(),
      ...pageInput,
    }),
    output: pageOf(receiptOut),
    cli: { command: 'receipts ls', columns: ['id', 'what', 'identityName', 'because', 'at', 'open'] },
    resource: (input) => (input.identityId === undefined ? PLATFORM : { type: 'Identity', id: input.identityId }),
    handler: async (ctx, _permit, input) => {
      const before = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<Receipt>(sql`
        ${query(ctx.tx)}
         where (${before}::uuid is null or r.id < ${before}::uuid)
           and ${input.identityId === undefined ? sql`true` : sql`r.identity_id = ${input.identityId}`}
           and ${input.runId === undefined ? sql`true` : sql`r.run_id = ${input.runId}`}
           and ${input.what === undefined ? sql`true` : sql`r.what = ${input.what}`}
         order by r.id desc limit ${input.limit + 1}`);
      return page(rows, input.limit, (r) => [r.id]);
    },
  }),
  defineOperation({
    name: 'receipts.show',
    action: 'receipt.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/receipts/{id}',
    summary: 'Show each thing that followed, when it was due, done and proven',
    input: z.object({ id: z.uuid() }),
    output: receiptOut.extend({ items: z.array(itemOut) }),
    cli: { command: 'receipts show', positional: ['id'] },
    resource: async (input, tx) => {
      const row = await tx.maybe<{ identityId: string }>(
        sql`select identity_id from lifecycle_receipt where id = ${input.id}`,
      );
      return { type: 'Identity', id: row?.identityId ?? input.id };
    },
    handler: async (ctx, _permit, input) => {
      const receipt = await ctx.tx.maybe<Receipt>(sql`${query(ctx.tx)} where r.id = ${input.id}`);
      if (receipt === undefined) throw notFound('receipt', input.id);
      const items = await ctx.tx.many<Item>(sql`
        select what, subject_id, name, due_at, done_at, proven_at, problem from receipt_item
         where receipt_id = ${input.id} order by what, name, subject_id`);
      return { ...receipt, items };
    },
  }),
];
