import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import { instantOut, page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { sql } from '#kit/db/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { proofStates } from './model.ts';
import { askProof } from './proof/ask-proof.ts';
import { setIsolation } from './set-isolation.ts';
import { showIsolation } from './show-isolation.ts';

const bySystem = z.object({ systemId: z.uuid() });
const system = (input: { readonly systemId: string }) => ({ type: 'System', id: input.systemId });
const path = '/v1/systems/{systemId}/isolation';
const states = z.enum([...proofStates, 'asked']).nullable();

const isolationOut = z.object({
  systemId: z.uuid(),
  systemName: z.string(),
  kind: z.string(),
  host: z.string(),
  port: z.int(),
  /** Somebody said who reaches it: log-ons are looked for. */
  isSet: z.boolean(),
  /** In effect: as said, else the known addresses of gateways. */
  gateways: z.array(z.string()),
  gatewaysSaid: z.array(z.string()),
  exemptions: z.array(z.string()),
  everySeconds: z.int(),
  parts: z.array(
    z.object({
      name: z.enum(['sshd', 'nftables', 'pg_hba', 'accounts', 'keys']),
      file: z.string().nullable(),
      text: z.string(),
      apply: z.array(z.string()),
      remove: z.array(z.string()),
    }),
  ),
  proof: z.object({
    state: states,
    at: instantOut.nullable(),
    provedAt: instantOut.nullable(),
    checks: z.array(
      z.object({ name: z.string(), outcome: z.enum(['passed', 'failed', 'unknown']), evidence: z.string() }),
    ),
  }),
  lookout: z.object({
    lookedAt: instantOut.nullable(),
    blindSince: instantOut.nullable(),
    problem: z.string().nullable(),
    leftOut: z.array(z.string()),
  }),
});

/** Isolation of systems: shown, set, proved, and over all of them. */
export const operations = (edges: { readonly targets: Targets }): readonly AnyOperation[] => [
  defineOperation({
    name: 'isolation.show',
    action: 'isolation.read',
    kind: 'read',
    method: 'GET',
    path,
    summary:
      'Show what a system is to be told so that only the gateways reach it, what was proved, and whether log-ons are looked for',
    input: bySystem,
    output: isolationOut,
    resource: system,
    handler: (ctx, _permit, { systemId }) => showIsolation(edges.targets, ctx, systemId),
  }),
  defineOperation({
    name: 'isolation.set',
    action: 'isolation.set',
    kind: 'write',
    method: 'PUT',
    path,
    summary: 'Say who may reach a system, and have log-ons past Reeve told from now on',
    description:
      'What is not named stays as it was. Nothing is changed on the system: isolation.show says what to put there.',
    input: z.object({
      systemId: z.uuid(),
      gateways: z
        .array(z.string().max(64))
        .max(50)
        .optional()
        .describe(
          'addresses or networks that gateways and workers come from, as the system sees them; none: the known ones',
        ),
      exemptions: z
        .array(z.string().max(200))
        .max(50)
        .optional()
        .describe('who may log on without Reeve: account@192.0.2.7, *@192.0.2.0/28 for monitoring, account@local'),
      everySeconds: z.int().min(0).max(30).optional().describe('how often log-ons are looked for; 0: never'),
    }),
    output: isolationOut,
    resource: system,
    handler: async (ctx, permit, input) => {
      await setIsolation(edges.targets, ctx, permit, input);
      return await showIsolation(edges.targets, ctx, input.systemId);
    },
  }),
  defineOperation({
    name: 'isolation.prove',
    action: 'isolation.prove',
    kind: 'write',
    method: 'POST',
    path: `${path}/proof`,
    summary:
      'Prove that only the gateways reach a system, by what it says of itself and by what was tried from elsewhere',
    input: z.object({
      systemId: z.uuid(),
      tried: z
        .object({
          from: z.string().max(64).describe('the address it was tried from'),
          reached: z.boolean(),
          said: z.string().max(300),
        })
        .optional()
        .describe('what came of reaching it directly, from where you are'),
    }),
    output: isolationOut,
    resource: system,
    handler: async (ctx, permit, input) => {
      await askProof(ctx, permit, input);
      return await showIsolation(edges.targets, ctx, input.systemId);
    },
  }),
  defineOperation({
    name: 'isolation.list',
    action: 'isolation.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/isolation',
    summary: 'List systems that only the gateways are to reach, with what was proved and since when nobody could look',
    input: z.object(pageInput),
    output: pageOf(
      z.object({
        systemId: z.uuid(),
        systemName: z.string(),
        kind: z.string(),
        state: states,
        proofAt: instantOut.nullable(),
        provedAt: instantOut.nullable(),
        lookedAt: instantOut.nullable(),
        blindSince: instantOut.nullable(),
        past: z.int(),
      }),
    ),
    cli: { command: 'isolate list', columns: ['systemName', 'state', 'proofAt', 'lookedAt', 'blindSince', 'past'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const rows = await ctx.tx.many<{
        systemId: string;
        systemName: string;
        kind: string;
        state: (typeof proofStates)[number] | null;
        proofAt: Date | null;
        provedAt: Date | null;
        lookedAt: Date | null;
        blindSince: Date | null;
        past: number;
      }>(sql`
        select s.id as system_id, s.name as system_name, s.kind, i.proof_state as state, i.proof_at, i.proved_at, l.looked_at, l.blind_since,
          (select count(*)::int from finding f where f.system_id = s.id and f.kind = 'past_reeve' and f.state = 'open') as past
          from isolation i join system s on s.id = i.system_id left join lookout l on l.system_id = s.id
         where s.valid_to is null and (${after}::text is null or s.name > ${after}) order by s.name limit ${input.limit + 1}`);
      return page(rows, input.limit, (row) => [row.systemName]);
    },
  }),
];
