import { z } from 'zod';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { createRole, describeRole, getIdentities, grantsOfRoles, requireRole } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { findImprovements } from './improve/find-improvements.ts';
import { readRoles, UNUSED_DAYS } from './improve/read-roles.ts';
import { ofRole, ref, role } from './shapes.ts';

const described = {
  description: text(2000).optional(),
  ownerId: z.uuid().optional(),
  risk: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  requestable: z.boolean().optional(),
};

/** Roles themselves: made, described, who has them, and what could be better about them. */
export const roleOperations = [
  defineOperation({
    name: 'roleVersions.createRole',
    action: 'role.create',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles',
    summary: 'Make a role of nothing yet; what it is made of comes with its first published version',
    input: z.object({ name: text(200), ...described }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    cli: { command: 'roles create', positional: ['name'] },
    handler: async (ctx, permit, input) => {
      const { id, name } = await createRole(ctx, permit, input);
      return { id, name };
    },
  }),
  defineOperation({
    name: 'roleVersions.describeRole',
    action: 'role.describe',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/describe',
    summary: 'Say what a role is for, who answers for it, and whether it may be asked for',
    input: z.object({ role, ...described }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    cli: { command: 'roles describe', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, permit, { role: which, ...input }) => {
      const { id } = await requireRole(ctx.tx, which);
      const { name } = await describeRole(ctx, permit, { roleId: id, ...input });
      return { id, name };
    },
  }),
  defineOperation({
    name: 'roleVersions.holders',
    action: 'role.holders',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}/holders',
    summary: 'List who has a role, by itself or within another',
    input: z.object({ role, ...pageInput }),
    output: pageOf(z.object({ grantId: z.uuid(), identity: ref })),
    cli: { command: 'roles holders', positional: ['role'], columns: ['grantId', 'identity'] },
    resource: ofRole,
    handler: async (ctx, _permit, input) => {
      const { id } = await requireRole(ctx.tx, input.role);
      const cursor = readCursor(input.cursor, ['id', 'id']);
      const after = cursor === undefined ? undefined : { identityId: cursor[0], id: cursor[1] };
      const grants = await grantsOfRoles(ctx.tx, [id], { after, limit: input.limit + 1 });
      const people = new Map(
        (
          await getIdentities(
            ctx.tx,
            grants.map((g) => g.identityId),
          )
        ).map((i) => [i.id, i.displayName]),
      );
      const items = grants.map((g) => ({
        grantId: g.id,
        identity: { id: g.identityId, name: people.get(g.identityId) ?? 'somebody no longer known' },
      }));
      return page(items, input.limit, (row) => [row.identity.id, row.grantId]);
    },
  }),
  defineOperation({
    name: 'roleVersions.improve',
    action: 'role_version.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/role-improvements',
    summary:
      'List what could be better about roles: unused ones, pairs that give the same, and those that give all another gives',
    description: `Unused: for ${UNUSED_DAYS} days, and only where use is seen; what is unknown is never called unused. Nothing is changed: draft a version, and look at its impact.`,
    input: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
    output: z.object({
      items: z.array(
        z.object({
          what: z.enum(['retire', 'merge', 'contain']),
          roles: z.array(ref).describe('the first is the one to draft'),
          people: z.int(),
          coverage: z.int().describe('accesses that stay as they are'),
          extra: z.int().describe('accesses people would have beside'),
          lastUsedAt: instantOut.nullable(),
          sessions: z.int().describe('that rested on the first role in this time'),
        }),
      ),
    }),
    cli: { command: 'roles improve', columns: ['what', 'roles', 'people', 'coverage', 'extra', 'lastUsedAt'] },
    handler: async (ctx, _permit, { limit }) => {
      const read = await readRoles(ctx.tx);
      const known = new Map(read.map((r) => [r.id, r]));
      return {
        items: findImprovements(read)
          .slice(0, limit)
          .map(({ what, roleIds, people, coverage, extra }) => {
            const evidence = known.get(roleIds[0] ?? '')?.evidence;
            return {
              what,
              people,
              coverage,
              extra,
              roles: roleIds.map((id) => ({
                id,
                name: known.get(id)?.name ?? id,
              })),
              lastUsedAt: evidence?.lastUsedAt ?? null,
              sessions: evidence?.sessions ?? 0,
            };
          }),
      };
    },
  }),
];
