import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { pinSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { connectSystem } from './connect-system.ts';
import { findingAccepted } from './events.ts';
import { askReading } from './read-system.ts';

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
const runOut = z.object({
  id: z.uuid(),
  systemId: z.uuid(),
  state: z.string(),
  trusted: z.boolean().nullable(),
  counts: z.record(z.string(), z.int()).nullable(),
  problem: z.string().nullable(),
  askedAt: instantOut,
  endedAt: instantOut.nullable(),
});

export const operations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'systems.connect',
    action: 'system.connect',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems',
    summary: 'Connect a system: where it is, what it is trusted by, and the credential Reeve reaches it with',
    input: z.object({
      name: text(100).regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, 'has lower-case letters, digits, dots and dashes'),
      kind: text(50),
      host: text(255),
      port: z.int().min(1).max(65_535),
      settings: z.record(z.string(), z.unknown()).default({}),
      pinned: z.array(text(200)).max(20).default([]),
      ownerId: z.uuid().optional(),
      username: text(200).default('-'),
      secret: z
        .object({ kind: z.enum(['password', 'ssh_key', 'api_key']), value: z.string().min(1).max(32_768) })
        .optional(),
    }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    handler: (ctx, permit, input) => connectSystem(edges.keys, ctx, permit, input),
  }),
  defineOperation({
    name: 'systems.pin',
    action: 'system.pin',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/pin',
    summary: 'Say by which host keys or certificate fingerprints a system is trusted',
    input: z.object({ id: z.uuid(), pinned: z.array(text(200)).min(1).max(20) }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'systems pin', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, permit, input) => {
      await pinSystem(ctx, permit, { systemId: input.id, pinned: input.pinned });
      return { id: input.id };
    },
  }),
  defineOperation({
    name: 'discovery.read',
    action: 'system.ask_reading',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/read',
    summary: 'Read a system now: its accounts, entitlements and who is privileged, and why',
    input: z.object({ id: z.uuid() }),
    output: z.object({ runId: z.uuid() }),
    cli: { command: 'discover run', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: (ctx, permit, input) => askReading(ctx, permit, { systemId: input.id }),
  }),
  defineOperation({
    name: 'discovery.runs',
    action: 'finding.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/discovery/runs',
    summary: 'List readings of systems, newest first',
    input: z.object({ ...pageInput, systemId: z.uuid().optional() }),
    output: pageOf(runOut),
    cli: { command: 'discover runs', columns: ['id', 'systemId', 'state', 'trusted', 'problem', 'askedAt', 'endedAt'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<z.input<typeof runOut>>(sql`
        select id, system_id, state, trusted, counts, problem, asked_at, ended_at from discovery_run
        where (${input.systemId ?? null}::uuid is null or system_id = ${input.systemId ?? null})
          and (${after}::uuid is null or id < ${after}) order by id desc limit ${input.limit + 1}`);
      return page(rows, input.limit, (r) => [r.id]);
    },
  }),
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
               f.state, f.answer, f.first_seen_at, f.last_seen_at
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
