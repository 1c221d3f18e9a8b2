import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { ADMINISTRATIVE_PORTS } from '#kit/sweep/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { askSweep } from '../sweep/run-sweep.ts';

export const sweepOperations = [
  defineOperation({
    name: 'discovery.sweep',
    action: 'discovery.sweep',
    kind: 'write',
    method: 'POST',
    path: '/v1/network-sweeps',
    summary: 'Ask ranges of your own networks which administrative services answer there',
    description:
      'Private, shared and loopback ranges only, 4096 addresses at most, a hundred connections a second. Nothing is sent.',
    input: z.object({
      ranges: z.array(text(50)).min(1).max(64),
      ports: z
        .array(z.int().min(1).max(65_535))
        .min(1)
        .max(64)
        .default([...ADMINISTRATIVE_PORTS]),
    }),
    output: z.object({ sweepId: z.uuid(), addresses: z.int() }),
    cli: { command: 'discover sweep', positional: ['ranges'] },
    handler: (ctx, permit, input) => askSweep(ctx, permit, input),
  }),
  defineOperation({
    name: 'discovery.services',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/swept-services',
    summary: 'List administrative services that sweeps found, and which of them no system of Reeve is',
    input: z.object({ ...pageInput, unknown: z.boolean().optional() }),
    output: pageOf(
      z.object({
        address: z.string(),
        port: z.int(),
        service: z.string(),
        banner: z.string(),
        systemName: z.string().nullable(),
        firstSeenAt: instantOut,
        lastSeenAt: instantOut,
        goneAt: instantOut.nullable(),
      }),
    ),
    cli: {
      command: 'discover services',
      columns: ['address', 'port', 'service', 'systemName', 'banner', 'lastSeenAt', 'goneAt'],
    },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const place = sql`(lpad(host(w.address), 20) || ' ' || lpad(w.port::text, 5))`;
      const rows = await ctx.tx.many<{
        address: string;
        port: number;
        service: string;
        banner: string;
        systemName: string | null;
        firstSeenAt: Date;
        lastSeenAt: Date;
        goneAt: Date | null;
        place: string;
      }>(sql`
        select host(w.address) as address, w.port, w.service, w.banner, k.name as system_name, w.first_seen_at, w.last_seen_at, w.gone_at, ${place} as place
          from swept_service w left join lateral (select s.name from system s where s.valid_to is null and s.host = host(w.address) and s.port = w.port limit 1) k on true
         where (${input.unknown ?? null}::boolean is null or (k.name is null) = ${input.unknown ?? null}) and (${after}::text is null or ${place} > ${after})
         order by place limit ${input.limit + 1}`);
      const { items, nextCursor } = page(rows, input.limit, (row) => [row.place]);
      return { items: items.map(({ place: _, ...row }) => row), nextCursor };
    },
  }),
];
