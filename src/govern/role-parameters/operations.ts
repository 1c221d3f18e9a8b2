import { z } from 'zod';
import { sql, type Tx } from '#kit/db/index.ts';
import { instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { getRole, requireRole } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { bindRole } from './bind-role.ts';
import type { RoleParameter } from './model.ts';
import { setParameters } from './set-parameters.ts';
import { bindingOf, parametersOf, patternsOf } from './store.ts';

const role = z.string().min(1).max(200).describe('its id, or its name');
const ofRole = async (input: { readonly role: string }, tx: Tx) => ({
  type: 'Role',
  id: (await getRole(tx, input.role))?.id ?? input.role,
});
const chosen = z.record(z.string(), z.string());
const parameterOut = z.object({
  name: z.string(),
  allowedValues: z.array(z.string()).nullable().describe('null: any text'),
});
const parametersOut = z.object({
  parameters: z.array(parameterOut).describe('none: an ordinary role'),
  patterns: z
    .array(
      z.object({
        systemId: z.uuid(),
        systemName: z.string(),
        pattern: z.string(),
        validFrom: instantOut.nullable(),
        validTo: instantOut.nullable(),
      }),
    )
    .describe('entitlements it gives by their native id or name, as its version in force says'),
  bindingOf: z
    .object({ id: z.uuid(), name: z.string(), values: chosen })
    .nullable()
    .describe('the role with parameters that this one follows'),
});

async function shown(tx: Tx, roleId: string): Promise<z.input<typeof parametersOut>> {
  const binding = await bindingOf(tx, roleId);
  const patterns = await patternsOf(tx, roleId);
  const systems = await tx.many<{ id: string; name: string }>(
    sql`select id, name from system where id = any(${sql.array([...new Set(patterns.map((p) => p.systemId))])}::uuid[])`,
  );
  const at = (instant: string | null): Date | null => (instant === null ? null : new Date(instant));
  return {
    parameters: (await parametersOf(tx, roleId)).map(plain),
    patterns: patterns.map(({ validFrom, validTo, ...one }) => ({
      ...one,
      systemName: systems.find(({ id }) => id === one.systemId)?.name ?? one.systemId,
      validFrom: at(validFrom),
      validTo: at(validTo),
    })),
    bindingOf:
      binding === undefined
        ? null
        : {
            id: binding.templateId,
            name: (await requireRole(tx, binding.templateId)).name,
            values: { ...binding.chosen },
          },
  };
}

const plain = ({ name, allowedValues }: RoleParameter) => ({
  name,
  allowedValues: allowedValues === null ? null : [...allowedValues],
});

/** What people see and say of parameters of roles. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'roleParameters.show',
    action: 'role.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}/parameters',
    summary: 'Show what has to be said to have a role, and what its patterns make of it',
    input: z.object({ role }),
    output: parametersOut,
    cli: { command: 'roles parameters', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, _permit, input) => await shown(ctx.tx, (await requireRole(ctx.tx, input.role)).id),
  }),
  defineOperation({
    name: 'roleParameters.set',
    action: 'role.parameters',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/parameters',
    summary: 'Say what has to be said to have a role; with parameters it is given by its bindings alone',
    description:
      'Refused while somebody has the role, or a role or rule names it. Once it has bindings, only the values its parameters allow can be changed.',
    input: z.object({
      role,
      parameters: z
        .array(
          z.object({
            name: z
              .string()
              .regex(/^[a-z][a-z0-9_]{0,39}$/)
              .describe('lower-case letters, digits and _'),
            allowedValues: z.array(text(100)).min(1).max(500).optional().describe('left out: any text'),
          }),
        )
        .max(5),
    }),
    output: parametersOut,
    cli: { command: 'roles set-parameters', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, permit, input) => {
      const { id: roleId } = await requireRole(ctx.tx, input.role);
      const parameters = input.parameters.map(({ name, allowedValues }) => ({
        name,
        allowedValues: allowedValues === undefined ? null : [...new Set(allowedValues)],
      }));
      await setParameters(ctx, permit, { roleId, parameters });
      return await shown(ctx.tx, roleId);
    },
  }),
  defineOperation({
    name: 'roleParameters.bind',
    action: 'role.bind',
    kind: 'write',
    method: 'POST',
    path: '/v1/roles/{role}/bindings',
    summary: 'Find the role that a role with parameters is for these values, made when first asked for',
    description:
      'Nobody gets anything by it: what it answers is granted and asked for as any role. Refused, naming parameter and value, where a value is not allowed or a pattern names nothing its system has.',
    input: z.object({ role, values: z.record(z.string(), text(100)).describe('a value for each parameter, by name') }),
    output: z.object({ id: z.uuid(), name: z.string(), made: z.boolean().describe('it was not there before') }),
    cli: { command: 'roles bind', positional: ['role'] },
    resource: ofRole,
    handler: async (ctx, permit, input) => {
      const bound = await bindRole(ctx, permit, input);
      return { id: bound.role.id, name: bound.role.name, made: bound.made };
    },
  }),
  defineOperation({
    name: 'roleParameters.bindings',
    action: 'role.bindings',
    kind: 'read',
    method: 'GET',
    path: '/v1/roles/{role}/bindings',
    summary: 'List the roles that a role with parameters is for values in use, in the order they were made',
    input: z.object({ role, ...pageInput }),
    output: pageOf(
      z.object({
        id: z.uuid(),
        name: z.string(),
        values: chosen,
        rule: z.string().nullable().describe('whom a rule of its role with parameters gives it; null: nobody'),
        holders: z.int().describe('who was granted it itself'),
        gone: z.int().describe('parts that are gone at their source'),
      }),
    ),
    cli: { command: 'roles bindings', positional: ['role'], columns: ['name', 'holders', 'gone', 'id'] },
    resource: ofRole,
    handler: async (ctx, _permit, input) => {
      const { id } = await requireRole(ctx.tx, input.role);
      const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
      const rows = await ctx.tx.many<{
        id: string;
        name: string;
        values: Record<string, string>;
        rule: string | null;
        holders: number;
        gone: number;
      }>(sql`
        select r.id, r.name, b.chosen as values,
               (select u.person_condition from birthright_rule u where u.role_id = r.id and u.of_role_version and u.valid_to is null) as rule,
               (select count(distinct g.identity_id)::int from access_grant g where g.role_id = r.id and g.ended_because is null
                   and g.valid_from <= ${ctx.now} and (g.valid_to is null or g.valid_to > ${ctx.now})) as holders,
               (select count(*)::int from role_content c join entitlement e on e.id = c.entitlement_id and e.valid_to <= ${ctx.now}
                 where c.role_id = r.id and (c.valid_to is null or c.valid_to > ${ctx.now})) as gone
          from role_binding b join role r on r.id = b.role_id
         where b.template_id = ${id} and b.ended_at is null and (${after}::uuid is null or r.id > ${after})
         order by r.id limit ${input.limit + 1}`);
      return page(rows, input.limit, (row) => [row.id]);
    },
  }),
];
