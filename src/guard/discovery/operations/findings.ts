import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { findingAccepted } from '../events.ts';

const findingOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string(),
  accountId: z.uuid(),
  accountName: z.string(),
  kind: z.string(),
  reason: z.string(),
  evidence: z.string(),
  state: z.string(),
  answer: z.string().nullable(),
  firstSeenAt: instantOut,
  lastSeenAt: instantOut,
});

export const findingOperations = [
  defineOperation({
    name: 'findings.list',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/findings',
    summary: 'List what readings found: privileged accounts with the evidence, and orphans',
    input: z.object({
      ...pageInput,
      systemId: z.uuid().optional(),
      kind: z.enum(['privileged', 'orphan']).optional(),
      state: z.enum(['open', 'accepted', 'gone']).default('open'),
    }),
    output: pageOf(findingOut),
    cli: { command: 'discover findings', columns: ['id', 'systemName', 'accountName', 'kind', 'reason', 'evidence'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<z.input<typeof findingOut>>(sql`
        select f.id, f.system_id, s.name as system_name, f.account_id, a.name as account_name, f.kind, f.reason, f.evidence,
               f.state, f.answer, f.first_seen_at,
               case when f.state = 'gone' then f.last_seen_at else greatest(f.last_seen_at, s.last_read_at) end as last_seen_at
        from finding f join system s on s.id = f.system_id join account a on a.id = f.account_id
        where f.state = ${input.state} and (${input.systemId ?? null}::uuid is null or f.system_id = ${input.systemId ?? null})
          and (${input.kind ?? null}::text is null or f.kind = ${input.kind ?? ''})
          and (${after}::uuid is null or f.id > ${after}) order by f.id limit ${input.limit + 1}`);
      return page(rows, input.limit, (r) => [r.id]);
    },
  }),
  defineOperation({
    name: 'findings.accept',
    action: 'finding.accept',
    kind: 'write',
    method: 'POST',
    path: '/v1/findings/{id}/accept',
    summary: 'Accept a finding as it is, with the reason; it opens again when its evidence changes',
    input: z.object({ id: z.uuid(), answer: text(1000) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'discover accept', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const changed = await ctx.tx.run(sql`
        update finding set state = 'accepted', answer = ${input.answer}, answered_by = ${ctx.principal.id} where id = ${input.id} and state = 'open'`);
      if (changed === 0) throw notFound('finding', input.id);
      await ctx.record(permit, {
        event: findingAccepted,
        subject: ctx.principal.id,
        data: { findingId: input.id, answer: input.answer },
      });
      return { id: input.id };
    },
  }),
];
