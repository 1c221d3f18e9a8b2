import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { instantOut, pageInput, pageOf } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { privilegeOf } from '../closure/privilege-of.ts';
import { getRole, listRoles, requireRole } from '../roles/roles.ts';
import { roleParts } from '../roles/set-role-content.ts';
import { pathOut } from './paths.ts';
import { identityNames, idOrName, nameOf, namesIn, period } from './shapes.ts';

const roleOut = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string().nullable(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  risk: z.string(),
  requestable: z.boolean(),
  maxSeconds: z.int().nullable(),
  /** By anything it contains, however deep. */
  privileged: z.boolean(),
  ...period,
});
/** In it now, or from an instant to come. */
const part = z.object({
  id: z.uuid(),
  name: z.string(),
  goneSince: instantOut.nullable().describe('since when it is gone at its source, or no longer in use'),
  ...period,
});

/** Since when each of these that is gone is. */
const goneSince = async (
  tx: Tx,
  table: 'entitlement' | 'role',
  ids: readonly string[],
): Promise<ReadonlyMap<string, Date>> =>
  new Map(
    (
      await tx.many<{ id: string; validTo: Date }>(
        sql`select id, valid_to from ${sql.id(table)} where id = any(${sql.array(ids)}::uuid[]) and valid_to <= ${tx.now}`,
      )
    ).map(({ id, validTo }) => [id, validTo]),
  );

export const roleOperations = [
  defineOperation({
    name: 'graph.listRoles',
    action: 'role.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles',
    summary: 'List roles, by name',
    input: z.object({ requestable: z.boolean().optional(), ...pageInput }),
    output: pageOf(roleOut),
    cli: { command: 'roles ls', columns: ['name', 'risk', 'privileged', 'requestable', 'ownerName', 'description'] },
    handler: async (ctx, _permit, { cursor, limit, ...filter }) => {
      const found = await listRoles(ctx.tx, { filter, cursor, limit });
      const names = await identityNames(
        ctx.tx,
        found.items.map((r) => r.ownerId),
      );
      const privileged = await privilegeOf(ctx.tx, { roleIds: found.items.map((r) => r.id) });
      return {
        ...found,
        items: found.items.map((r) => ({
          ...r,
          ownerName: nameOf(names, r.ownerId),
          privileged: privileged.has(r.id),
        })),
      };
    },
  }),
  defineOperation({
    name: 'graph.showRole',
    action: 'role.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}',
    summary: 'Show a role and what it contains',
    input: z.object({ role: idOrName }),
    output: roleOut.extend({
      entitlements: z.array(part),
      roles: z.array(part),
      privilegedThrough: pathOut.nullable(),
    }),
    cli: { command: 'roles show', positional: ['role'] },
    resource: async (input, tx) => ({ type: 'Role', id: (await getRole(tx, input.role))?.id ?? input.role }),
    handler: async (ctx, _permit, input) => {
      const found = await requireRole(ctx.tx, input.role);
      const parts = await roleParts(ctx.tx, found.id);
      const owners = await identityNames(ctx.tx, [found.ownerId]);
      const privileged = (await privilegeOf(ctx.tx, { roleIds: [found.id] })).get(found.id);
      const named = async (table: 'entitlement' | 'role', of: 'entitlementId' | 'roleId') => {
        const names = await namesIn(
          ctx.tx,
          table,
          parts.map((p) => p[of]),
        );
        const gone = await goneSince(
          ctx.tx,
          table,
          parts.flatMap((p) => p[of] ?? []),
        );
        return parts.flatMap((p) => {
          const id = p[of];
          if (id === null) return [];
          const { validFrom, validTo } = p;
          return [{ id, name: names.get(id) ?? id, goneSince: gone.get(id) ?? null, validFrom, validTo }];
        });
      };
      return {
        ...found,
        ownerName: nameOf(owners, found.ownerId),
        privileged: privileged !== undefined,
        privilegedThrough: privileged === undefined ? null : [...privileged],
        entitlements: await named('entitlement', 'entitlementId'),
        roles: await named('role', 'roleId'),
      };
    },
  }),
];
