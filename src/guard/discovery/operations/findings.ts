import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { severities } from '../model.ts';
import { findingColumns, getFinding, type Finding } from '../store.ts';

const findingOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  systemName: z.string(),
  /** Empty where it is about everybody. */
  accountName: z.string(),
  accountId: z.uuid().nullable(),
  kind: z.string(),
  /** What told it: a reading, a closer look, or what follows from keys of SSH. */
  source: z.enum(['reading', 'look', 'keys', 'lookout']),
  severity: z.enum(severities),
  /** True where it gives power; false where it makes power, or an account, easy to take. */
  power: z.boolean(),
  reason: z.string(),
  evidence: z.string(),
  /** What a removal takes away; null where it is removed by hand. */
  entitlement: z.string().nullable(),
  byHand: z.string().nullable(),
  canVault: z.boolean(),
  state: z.enum(['open', 'accepted', 'gone']),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  acceptedBecause: z.string().nullable(),
  acceptedUntil: instantOut.nullable(),
  underway: z.string().nullable(),
  problem: z.string().nullable(),
  firstSeenAt: instantOut,
  lastSeenAt: instantOut,
  goneAt: instantOut.nullable(),
});

const shown = ({ about: _, nativeId: __, restsOn, ...finding }: Finding): z.input<typeof findingOut> =>
  ({ ...finding, canVault: restsOn === 'credential' && finding.accountId !== null }) as z.input<typeof findingOut>;

export const findingOperations = [
  defineOperation({
    name: 'findings.list',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/findings',
    summary: 'List what was found: which account is privileged or nobody’s, why, and what shows it; the worst first',
    input: z.object({
      ...pageInput,
      systemId: z.uuid().optional(),
      severity: z.enum(severities).optional(),
      state: z.enum(['open', 'accepted', 'gone']).default('open'),
      kind: text(60).optional(),
      account: text(200).optional(),
      owned: z.boolean().optional(),
    }),
    output: pageOf(findingOut),
    cli: {
      command: 'discover findings',
      columns: ['id', 'severity', 'systemName', 'accountName', 'kind', 'reason', 'evidence', 'ownerName'],
    },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const place = sql`(array_position(array['critical', 'high', 'medium', 'low'], f.severity)::text || ' ' || f.id::text)`;
      const rows = await ctx.tx.many<Finding & { place: string }>(sql`
        select ${findingColumns}, ${place} as place from finding f join system s on s.id = f.system_id
        where f.state = ${input.state} and (${input.systemId ?? null}::uuid is null or f.system_id = ${input.systemId ?? null})
          and (${input.severity ?? null}::text is null or f.severity = ${input.severity ?? null})
          and (${input.kind ?? null}::text is null or f.kind = ${input.kind ?? null})
          and (${input.account ?? null}::text is null or ${input.account ?? null} in (f.account_name, (select a.name from account a where a.id = f.account_id)))
          and (${input.owned ?? null}::boolean is null or (f.owner_id is not null) = ${input.owned ?? null})
          and (${after}::text is null or ${place} > ${after}) order by place limit ${input.limit + 1}`);
      const { items, nextCursor } = page(rows, input.limit, (row) => [row.place]);
      return { items: items.map(({ place: _, ...row }) => shown(row)), nextCursor };
    },
  }),
  defineOperation({
    name: 'findings.show',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/findings/{id}',
    summary: 'Show a finding with its evidence and what was said about it',
    input: z.object({ id: z.uuid() }),
    output: findingOut,
    cli: { command: 'discover finding', positional: ['id'] },
    handler: async (ctx, _permit, input) => {
      const found = await getFinding(ctx.tx, input.id);
      if (found === undefined) throw notFound('finding', input.id);
      return shown(found);
    },
  }),
];
