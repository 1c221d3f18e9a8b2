import { z } from 'zod';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { createRole, describeRole, getIdentities, grantsOfRoles, requireRole } from '#spine/graph/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { bindingOf, bindingsOf } from '#govern/role-parameters/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { retireRole } from './retire-role.ts';
import { ofRole, ref, role } from './shapes.ts';
import { whomOf, whomOut } from './whom.ts';

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
      const { id, name: before } = await requireRole(ctx.tx, which);
      if ((await bindingOf(ctx.tx, id)) !== undefined)
        throw conflict('role.is_binding', `${before} follows a role with parameters`, 'describe that role');
      const { name } = await describeRole(ctx, permit, { roleId: id, ...input });
      for (const { roleId } of await bindingsOf(ctx.tx, id)) await describeRole(ctx, permit, { roleId, ...input });
      return { id, name };
    },
  }),
  defineOperation({
    name: 'roleVersions.retireRole',
    action: 'role.retire',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/roles/{role}',
    summary: 'Put a role away that nobody has and nothing names; what it was stays readable',
    input: z.object({ role }),
    output: z.object({ id: z.uuid(), name: z.string() }),
    cli: { command: 'roles retire', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, permit, input) => {
      const { id, name } = await retireRole(ctx, permit, input.role);
      return { id, name };
    },
  }),
  defineOperation({
    name: 'roleVersions.whom',
    action: 'role.holders',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}/whom',
    summary: 'Show who has a role by rule, who is excepted from it, and which roles it is kept apart from',
    input: z.object({ role }),
    output: whomOut,
    cli: { command: 'roles whom', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, _permit, input) => await whomOf(ctx.tx, (await requireRole(ctx.tx, input.role)).id),
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
];
