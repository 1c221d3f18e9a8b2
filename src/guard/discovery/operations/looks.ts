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
  /** Everything was looked at; otherwise files that are as they were are not read again. */
  whole: z.boolean(),
  /** Files that were not read again; null where a kind of system does not tell. */
  spared: z.int().nullable(),
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
      'Only reads, at the lowest priority, for two minutes at most. No target is looked at twice at a time. Then once a day by itself. Files that are as they were at the last look are not read again, but for a look at everything once a week.',
    input: z.object({
      id: z.uuid(),
      whole: z.boolean().default(false).describe('look at everything, also what did not change since the last look'),
    }),
    output: z.object({ lookId: z.uuid() }),
    cli: { command: 'discover look', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: (ctx, permit, input) => askLook(ctx, permit, { systemId: input.id, whole: input.whole }),
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
    cli: {
      command: 'discover looks',
      columns: ['id', 'systemName', 'state', 'whole', 'spared', 'problem', 'askedAt', 'endedAt'],
    },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<z.input<typeof lookOut>>(sql`
        select l.id, l.system_id, s.name as system_name, l.state, l.problem, l.counts, l.left_out, l.whole, l.spared, l.asked_at, l.ended_at
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
      wholeEverySeconds: z
        .int()
        .min(0)
        .max(31_536_000)
        .optional()
        .describe('how long looks may leave out what did not change before everything is looked at again; 0: never'),
    }),
    output: z.object({ id: z.uuid(), everySeconds: z.int(), wholeEverySeconds: z.int() }),
    cli: { command: 'discover schedule', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, permit, input) => {
      const system = await requireSystem(ctx.tx, input.id);
      if (input.everySeconds > 0 && input.everySeconds < 600)
        throw invalid('/everySeconds', 'is less than ten minutes', 'give 600 at least, or 0 for never');
      const { wholeEverySeconds } = await ctx.tx.one<{ wholeEverySeconds: number }>(sql`
        insert into privilege_schedule as p (system_id, every_seconds, whole_every_seconds)
        values (${system.id}, ${input.everySeconds}, ${input.wholeEverySeconds ?? sql`default`})
        on conflict (system_id) do update set every_seconds = excluded.every_seconds, next_at = null,
          whole_every_seconds = coalesce(${input.wholeEverySeconds ?? null}::int, p.whole_every_seconds)
        returning whole_every_seconds`);
      const { everySeconds } = input;
      await ctx.record(permit, {
        event: looksScheduled,
        data: { systemId: system.id, everySeconds, wholeEverySeconds },
      });
      return { id: system.id, everySeconds, wholeEverySeconds };
    },
  }),
];
