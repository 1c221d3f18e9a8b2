import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { looksScheduled } from '../events.ts';
import { askLook } from '../looks/ask-look.ts';

const lookOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string(),
  state: z.enum(['waiting', 'done', 'failed']),
  problem: z.string().nullable(),
  counts: z.object({ seen: z.int(), opened: z.int(), gone: z.int() }).nullable(),
  /** What could not be looked at, or only in part; what was found of it before stays found. */
  leftOut: z.array(z.object({ kind: z.string(), because: z.string() })),
  askedAt: instantOut,
  endedAt: instantOut.nullable(),
});

export const lookOperations = [
  defineOperation({
    name: 'discovery.look',
    action: 'discovery.look',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/look',
    summary: 'Look at a system more closely now: files, keys, rights and passwords that make somebody privileged',
    description:
      'Only reads, at the lowest priority, for two minutes at most. No target is looked at twice at a time. Then once a day by itself.',
    input: z.object({ id: z.uuid() }),
    output: z.object({ lookId: z.uuid() }),
    cli: { command: 'discover look', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: (ctx, permit, input) => askLook(ctx, permit, { systemId: input.id }),
  }),
  defineOperation({
    name: 'discovery.looks',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/looks',
    summary: 'List closer looks at systems, newest first, with what they had to leave out',
    input: z.object({ ...pageInput, systemId: z.uuid().optional() }),
    output: pageOf(lookOut),
    cli: { command: 'discover looks', columns: ['id', 'systemName', 'state', 'problem', 'askedAt', 'endedAt'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<z.input<typeof lookOut>>(sql`
        select l.id, l.system_id, s.name as system_name, l.state, l.problem, l.counts, l.left_out, l.asked_at, l.ended_at
          from privilege_look l join system s on s.id = l.system_id
         where (${input.systemId ?? null}::uuid is null or l.system_id = ${input.systemId ?? null})
           and (${after}::uuid is null or l.id < ${after}) order by l.id desc limit ${input.limit + 1}`);
      return page(rows, input.limit, (row) => [row.id]);
    },
  }),
  defineOperation({
    name: 'discovery.scheduleLooks',
    action: 'discovery.schedule',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/look-schedule',
    summary: 'Say how often a system is looked at by itself; 0 seconds: never',
    input: z.object({
      id: z.uuid(),
      everySeconds: z.int().min(0).max(31_536_000),
    }),
    output: z.object({ id: z.uuid(), everySeconds: z.int() }),
    cli: { command: 'discover schedule', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, permit, input) => {
      const system = await requireSystem(ctx.tx, input.id);
      if (input.everySeconds > 0 && input.everySeconds < 600)
        throw invalid('/everySeconds', 'is less than ten minutes', 'give 600 at least, or 0 for never');
      await ctx.tx.run(sql`
        insert into privilege_schedule (system_id, every_seconds) values (${system.id}, ${input.everySeconds})
        on conflict (system_id) do update set every_seconds = excluded.every_seconds, next_at = null`);
      await ctx.record(permit, {
        event: looksScheduled,
        data: { systemId: system.id, everySeconds: input.everySeconds },
      });
      return input;
    },
  }),
];
