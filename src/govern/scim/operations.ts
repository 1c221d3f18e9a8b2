import { z } from 'zod';
import { instantIn, instantOut, page, pageInput, pageOf, readCursor } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { createClient } from './clients/create-client.ts';
import { removeClient } from './clients/remove-client.ts';
import { rotateToken } from './clients/rotate-token.ts';
import { listClients } from './clients/store.ts';
import { SCOPES } from './model.ts';

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]{0,60}[a-z0-9])?$/, 'has lower-case letters, digits, dots, dashes and underscores');
const scopes = z
  .array(z.enum(SCOPES))
  .min(1)
  .max(SCOPES.length)
  .default(['read', 'write'])
  .describe('What its tokens may do; a write of a resource reads it too');
const clientOut = {
  id: z.uuid(),
  name: z.string(),
  sourceId: z.uuid(),
  identityId: z.uuid(),
  scopes: z.array(z.string()).readonly(),
  usernameFrom: z.string(),
  baselineUntil: instantOut,
  createdAt: instantOut,
};

/** Letting directories in and shutting them out. What they push comes in at /scim/v2. */
export const operations = [
  defineOperation({
    name: 'scimClients.list',
    action: 'scim_client.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/scim/clients',
    summary: 'List the directories that may push people over SCIM',
    input: z.object({ ...pageInput }),
    output: pageOf(
      z.object({
        ...clientOut,
        tokenEndsAt: instantOut.nullable(),
        lastUsedAt: instantOut.nullable(),
        users: z.int(),
        groups: z.int(),
      }),
    ),
    cli: { command: 'scim ls', columns: ['name', 'users', 'groups', 'tokenEndsAt', 'lastUsedAt', 'id'] },
    handler: async (ctx, _permit, input) => {
      const after = readCursor(input.cursor, ['name'])?.[0] ?? null;
      const rows = await listClients(ctx.tx, { after: after === null ? null : String(after), limit: input.limit });
      return page(rows, input.limit, (r) => [r.name]);
    },
  }),
  defineOperation({
    name: 'scimClients.create',
    action: 'scim_client.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/scim/clients',
    summary: 'Let a directory push people and groups over SCIM; its token is shown once',
    description: 'It becomes a source of people of that name. See docs/how-to/push-people-with-scim.md.',
    secretOutput: true,
    waysIn: true,
    input: z.object({
      name,
      scopes,
      usernameFrom: z
        .enum(['local_part', 'whole', 'none'])
        .default('local_part')
        .describe("what of a userName is the person's username: what is before the @, all of it, or nothing"),
      baselineDays: z
        .int()
        .min(0)
        .max(60)
        .default(7)
        .describe('days of the first load, in which creating and changing has no limit'),
      tokenEndsAt: instantIn,
    }),
    output: z.object({ ...clientOut, token: z.string(), tokenEndsAt: instantOut }),
    cli: { command: 'scim create', positional: ['name'] },
    handler: (ctx, permit, input) => createClient(ctx, permit, input),
  }),
  defineOperation({
    name: 'scimClients.rotate',
    action: 'scim_client.rotate',
    kind: 'write',
    method: 'POST',
    path: '/v1/scim/clients/{id}/token',
    summary: 'Give a directory another token, shown once; those it had end',
    secretOutput: true,
    waysIn: true,
    input: z.object({
      id: z.uuid(),
      tokenEndsAt: instantIn,
      overlapHours: z.int().min(0).max(72).default(0).describe('hours in which those it had still work'),
    }),
    output: z.object({ id: z.uuid(), token: z.string(), tokenEndsAt: instantOut }),
    cli: { command: 'scim rotate', positional: ['id'] },
    resource: (input) => ({ type: 'ScimClient', id: input.id }),
    handler: (ctx, permit, input) => rotateToken(ctx, permit, input),
  }),
  defineOperation({
    name: 'scimClients.remove',
    action: 'scim_client.remove',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/scim/clients/{id}',
    summary: 'Shut a directory out; nobody it pushed leaves by it',
    input: z.object({ id: z.uuid() }),
    output: z.object({ id: z.uuid() }),
    cli: { command: 'scim rm', positional: ['id'] },
    resource: (input) => ({ type: 'ScimClient', id: input.id }),
    handler: async (ctx, permit, input) => {
      await removeClient(ctx, permit, input);
      return input;
    },
  }),
];
