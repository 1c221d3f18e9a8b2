import { z } from 'zod';
import type { Keys } from '#kit/crypto/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { makeKit } from './make-kit.ts';
import { listKits } from './store.ts';
import { recordDrill, retireKit, takeEnvelope, takeShare } from './use-kit.ts';
import { refuseSealed } from '../seal-version.ts';

const kitOut = z.object({
  id: z.uuid(),
  name: z.string(),
  threshold: z.int(),
  holders: z.array(z.object({ id: z.uuid(), taken: z.boolean() })),
  secrets: z.int(),
  stale: z.array(z.string()),
  drillEveryDays: z.int(),
  drills: z.int(),
  lastOpenedAt: instantOut.nullable(),
  drillDueAt: instantOut,
  drillOverdue: z.boolean(),
  madeBy: z.uuid(),
  madeAt: instantOut,
});
const byId = z.object({ id: z.uuid() });

/** Kits for the day Reeve is not there. */
export const kitOperations = (edges: { readonly keys: Keys }): readonly AnyOperation[] => [
  defineOperation({
    name: 'kits.list',
    action: 'break_glass_kit.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/vault/kits',
    summary: 'List break-glass kits, whose contents are stale, and whose drill is overdue',
    input: z.object({}),
    output: z.object({ items: z.array(kitOut) }),
    cli: { command: 'vault kits ls', columns: ['id', 'name', 'threshold', 'stale', 'drillDueAt', 'drillOverdue'] },
    handler: async (ctx) => ({ items: await listKits(ctx.tx) }),
  }),
  defineOperation({
    name: 'kits.make',
    action: 'break_glass_kit.make',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/kits',
    summary: 'Seal secrets into a break-glass kit whose key is split among people',
    input: z.object({
      name: text(100),
      secretIds: z.array(z.uuid()).min(1).max(200),
      holderIds: z.array(z.uuid()).min(2).max(16),
      threshold: z.int().min(2).max(16),
      drillEveryDays: z.int().min(1).max(730).default(180),
    }),
    output: kitOut,
    cli: { command: 'vault kits make', positional: ['name'] },
    handler: (ctx, permit, input) => makeKit(edges.keys, ctx, permit, input),
  }),
  defineOperation({
    name: 'kits.envelope',
    action: 'break_glass_kit.take_envelope',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/kits/{id}/envelope',
    summary: 'Take the sealed envelope of a kit, to be kept apart from the shares',
    input: byId,
    output: z.object({ envelope: z.string() }),
    cli: { command: 'vault kits envelope', positional: ['id'] },
    handler: async (ctx, permit, { id }) => ({ envelope: await takeEnvelope(ctx, permit, id) }),
  }),
  defineOperation({
    name: 'kits.share',
    action: 'break_glass_kit.take_share',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/kits/{id}/share',
    summary: 'Take one’s own share of a kit, once, to be printed',
    secretOutput: true,
    input: byId,
    output: z.object({ share: z.string() }),
    cli: { command: 'vault kits share', positional: ['id'] },
    beforeAnswer: () => refuseSealed(edges.keys),
    handler: (ctx, permit, { id }) => takeShare(edges.keys, ctx, permit, id),
  }),
  defineOperation({
    name: 'kits.drill',
    action: 'break_glass_kit.drill',
    kind: 'write',
    method: 'POST',
    path: '/v1/vault/kits/{id}/drills',
    summary: 'Record a drill of a kit: opened, with the code it gave, or not',
    input: byId.extend({ code: text(100).optional(), note: text(2000) }),
    output: kitOut,
    cli: { command: 'vault kits drill', positional: ['id'] },
    handler: (ctx, permit, input) => recordDrill(edges.keys, ctx, permit, input),
  }),
  defineOperation({
    name: 'kits.retire',
    action: 'break_glass_kit.retire',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/vault/kits/{id}',
    summary: 'Use a kit no more',
    input: byId,
    output: kitOut,
    cli: { command: 'vault kits retire', positional: ['id'] },
    handler: (ctx, permit, { id }) => retireKit(ctx, permit, id),
  }),
];
