import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { scores, trend } from '../estate/score.ts';
import { trustGraph, waysToRoot } from '../keys/trust-graph.ts';
import { readWorld } from '../keys/read-world.ts';

const TREND_DAYS = 90;

const stepOut = z.object({
  from: z.string(),
  to: z.string(),
  by: z.enum(['key', 'becomes', 'is']),
  fingerprint: z.string().nullable(),
  place: z.string(),
});
const step = <S extends { readonly fingerprint?: string }>(one: S) => ({
  ...one,
  fingerprint: one.fingerprint ?? null,
});

export const estateOperations = [
  defineOperation({
    name: 'discovery.estate',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/privileged-estate',
    summary: 'Show how much of the privileged estate is under control, by system, and its trend',
    description:
      'A path counts 8 (critical), 4, 2 or 1. It is under control where it was accepted for a time, where the credential it rests on is in the vault, or where all the privilege its account holds ends by itself. Null: nothing was found, or nobody has looked.',
    input: z.object({}),
    output: z.object({
      percent: z.int().nullable(),
      systems: z.array(
        z.object({
          systemId: z.uuid(),
          systemName: z.string(),
          kind: z.string(),
          percent: z.int().nullable(),
          findings: z.int(),
          critical: z.int(),
          accounts: z.int(),
          owned: z.int(),
          lookedAt: instantOut.nullable(),
          /** When everything was looked at last, also what had not changed. */
          wholeLookAt: instantOut.nullable(),
          problem: z.string().nullable(),
        }),
      ),
      trend: z.array(z.object({ day: z.string(), percent: z.int() })),
    }),
    cli: { command: 'discover estate' },
    handler: async (ctx) => {
      const all = await scores(ctx.tx);
      const of = (weight: number, controlled: number): number | null =>
        weight === 0 ? null : Math.floor((100 * controlled) / weight);
      const sum = (pick: (one: (typeof all)[number]) => number): number =>
        all.reduce((total, one) => total + pick(one), 0);
      return {
        percent: of(
          sum((one) => one.weight),
          sum((one) => one.controlled),
        ),
        systems: all.map(({ weight, controlled, ...rest }) => ({ ...rest, percent: of(weight, controlled) })),
        trend: (await trend(ctx.tx, new Date(ctx.now.getTime() - TREND_DAYS * 86_400_000))).map(
          ({ day, weight, controlled }) => ({ day, percent: of(weight, controlled) ?? 100 }),
        ),
      };
    },
  }),
  defineOperation({
    name: 'discovery.keys',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/ssh-key-trust',
    summary: 'Show the trust that SSH keys make: who holds what opens whom, and who becomes root where',
    input: z.object({}),
    output: z.object({
      nodes: z.array(
        z.object({
          id: z.string(),
          systemId: z.uuid(),
          systemName: z.string(),
          account: z.string(),
          root: z.boolean(),
        }),
      ),
      steps: z.array(stepOut),
      /** Shortest ways on which somebody who is not root becomes root of another system. */
      ways: z.array(z.object({ from: z.string(), to: z.string(), steps: z.array(stepOut) })),
      keys: z.array(
        z.object({
          fingerprint: z.string(),
          comment: z.string(),
          opens: z.array(z.string()),
          heldBy: z.array(z.string()),
        }),
      ),
    }),
    cli: { command: 'discover keys' },
    handler: async (ctx) => {
      const world = await readWorld(ctx.tx);
      const name = (systemId: string): string => world.systems.get(systemId)?.name ?? systemId;
      const { nodes, steps } = trustGraph(world);
      const byKey = new Map<string, { comment: string; opens: Set<string>; heldBy: Set<string> }>();
      for (const key of world.keys) {
        const known = byKey.get(key.fingerprint) ?? { comment: key.comment, opens: new Set(), heldBy: new Set() };
        (key.how === 'opens' ? known.opens : known.heldBy).add(`${key.account}@${name(key.systemId)}`);
        byKey.set(key.fingerprint, known);
      }
      return {
        nodes: nodes.map((node) => ({ ...node, systemName: name(node.systemId) })),
        steps: steps.map(step),
        ways: waysToRoot(world).map((way) => ({ ...way, steps: way.steps.map(step) })),
        keys: [...byKey].map(([fingerprint, { comment, opens, heldBy }]) => ({
          fingerprint,
          comment,
          opens: [...opens].sort(),
          heldBy: [...heldBy].sort(),
        })),
      };
    },
  }),
  defineOperation({
    name: 'discovery.outside',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/outside-logons',
    summary: 'List log-ons to privileged accounts that no session of Reeve explains, newest first',
    input: z.object({ ...pageInput, systemId: z.uuid().optional() }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        systemId: z.uuid(),
        systemName: z.string(),
        accountName: z.string(),
        at: instantOut,
        fromAddress: z.string(),
        how: z.string(),
      }),
    ),
    cli: { command: 'discover outside', columns: ['at', 'systemName', 'accountName', 'fromAddress', 'how'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<{
        id: string;
        systemId: string;
        systemName: string;
        accountName: string;
        at: Date;
        fromAddress: string;
        how: string;
      }>(sql`
        select o.id, o.system_id, s.name as system_name, o.account_name, o.at, o.from_address, o.how from outside_logon o join system s on s.id = o.system_id
         where not o.exempt and (${input.systemId ?? null}::uuid is null or o.system_id = ${input.systemId ?? null}) and (${after}::uuid is null or o.id < ${after})
         order by o.id desc limit ${input.limit + 1}`);
      return page(rows, input.limit, (row) => [row.id]);
    },
  }),
];
