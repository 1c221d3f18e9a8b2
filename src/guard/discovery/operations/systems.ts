import { z } from 'zod';
import type { Targets } from '#connectors/port.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { notFound } from '#kit/errors/index.ts';
import { instantOut, text } from '#kit/http/index.ts';
import { pinSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { configureSystem } from '../configure-system.ts';
import { connectSystem } from '../connect-system.ts';
import { setSchedule } from '../schedule/set-schedule.ts';
import { getSchedule } from '../schedule/store.ts';

/** 0: never by itself. */
const seconds = z.union([z.literal(0), z.int().min(60).max(31_536_000)]);
const scheduleOut = z.object({
  systemId: z.uuid(),
  readEverySeconds: z.int(),
  readChangesEverySeconds: z.int(),
  maxLossPercent: z.int(),
  maxLossFree: z.int(),
  nextReadAt: instantOut.nullable(),
  nextChangesAt: instantOut.nullable(),
  changesProblem: z.string().nullable(),
});

export const systemOperations = (edges: {
  readonly keys: Keys;
  readonly targets: Targets;
}): readonly AnyOperation[] => [
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
      host: z.string().max(255).default(''),
      port: z.int().min(0).max(65_535).default(0),
      settings: z.record(z.string(), z.unknown()).default({}),
      pinned: z.array(text(200)).max(20).default([]),
      ownerId: z.uuid().optional(),
      username: text(200).default('-'),
      secret: z
        .object({ kind: z.enum(['password', 'ssh_key', 'api_key']), value: z.string().min(1).max(32_768) })
        .optional(),
    }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    handler: (ctx, permit, input) => connectSystem(edges, ctx, permit, input),
  }),
  defineOperation({
    name: 'systems.configure',
    action: 'system.configure',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/settings',
    summary: 'Say anew how a system is read and changed: its settings, or the description of its API',
    description:
      '`settings` take the place of all there were; `description` is the setting of that name, for systems of kind `rest`. What is wrong is named by its place, and nothing is changed.',
    input: z.object({
      id: z.uuid(),
      settings: z.record(z.string(), z.unknown()).optional(),
      description: z.string().min(1).max(100_000).optional(),
    }),
    output: z.object({ id: z.uuid(), settings: z.record(z.string(), z.unknown()) }),
    cli: { command: 'systems configure', positional: ['id'], file: { field: 'description' } },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, permit, { id, ...change }) => {
      const { settings } = await configureSystem(edges.targets, ctx, permit, { systemId: id, ...change });
      return { id, settings };
    },
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
    name: 'systems.schedule',
    action: 'system.schedule',
    kind: 'write',
    method: 'POST',
    path: '/v1/systems/{id}/schedule',
    summary: 'Say how often a system is read by itself, and how much a reading may take away',
    description:
      'Whole readings, and readings of what changed where the system tells that. 0 seconds: never. `readEverySeconds` null: a day where changes are told, else a quarter of an hour. A reading in which more accounts or holdings are missing than `maxLossPercent` of them, or `maxLossFree` if that is more, is held until a person accepts it.',
    input: z.object({
      id: z.uuid(),
      readEverySeconds: seconds.nullable().optional(),
      readChangesEverySeconds: seconds.optional(),
      maxLossPercent: z.int().min(0).max(100).optional(),
      maxLossFree: z.int().min(0).max(1_000_000).optional(),
    }),
    output: scheduleOut,
    cli: { command: 'systems schedule', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: (ctx, permit, { id, ...change }) => setSchedule(ctx, permit, { systemId: id, ...change }),
  }),
  defineOperation({
    name: 'systems.showSchedule',
    action: 'system.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{id}/schedule',
    summary: 'Show when a system is read next, and how much a reading may take away',
    input: z.object({ id: z.uuid() }),
    output: scheduleOut,
    cli: { command: 'systems show-schedule', positional: ['id'] },
    resource: (input) => ({ type: 'System', id: input.id }),
    handler: async (ctx, _permit, input) => {
      const known = await getSchedule(ctx.tx, input.id);
      if (known === undefined) throw notFound('system', input.id);
      return known;
    },
  }),
];
