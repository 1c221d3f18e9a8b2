import { z } from 'zod';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { give } from './give-access.ts';
import { listDirectGrants, STATES } from './list-direct-grants.ts';

/** What was given directly, and giving more. Ended it is as any grant. */
export const operations: readonly AnyOperation[] = [
  give,
  defineOperation({
    name: 'directGrants.list',
    action: 'grant.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/direct-grants',
    summary:
      'List what was given directly, without a request, the newest first: who, what, since when, why, until when',
    input: z.object({
      state: z.enum(STATES).optional().describe('live: holds now; planned: begins later; ended: over'),
      end: z.enum(['none', 'set']).optional().describe('none: only what has no end; set: only what has one'),
      systemId: z.uuid().optional(),
      search: text(200).optional().describe('letters in the name of who has it, of what it is, or of its system'),
      ...pageInput,
    }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        identityId: z.uuid(),
        identityName: z.string(),
        entitlementId: z.uuid().nullable(),
        roleId: z.uuid().nullable(),
        name: z.string().describe('of the entitlement or role'),
        systemName: z.string().nullable(),
        privileged: z.boolean(),
        state: z.enum(STATES),
        validFrom: instantOut,
        validTo: instantOut.nullable(),
        reason: z.string().nullable(),
        endedBecause: z.string().nullable(),
        givenBy: z.string().nullable().describe('as the log says'),
      }),
    ),
    cli: {
      command: 'grants direct',
      columns: ['identityName', 'name', 'systemName', 'state', 'validFrom', 'validTo', 'givenBy', 'reason', 'id'],
    },
    handler: async (ctx, _permit, { cursor, limit, ...filter }) => {
      const before = readCursor(cursor, ['id'])?.[0] ?? null;
      const found = await listDirectGrants(ctx.tx, { ...filter, before, limit: limit + 1 });
      return page(found, limit, (row) => [row.id]);
    },
  }),
];
