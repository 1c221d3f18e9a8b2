import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { keepRules } from './keep-rules.ts';
import { rulesOfSystem } from './store.ts';

const TABLE = /^[^\s".;'\\]+(\.([^\s".;'\\]+|\*))?$/u;
const rules = {
  readOnly: z.boolean().describe('nothing but reading'),
  noDdl: z.boolean().describe('nothing that changes tables, roles or grants'),
  whereNeeded: z.boolean().describe('no delete or update without where'),
  keepRole: z.boolean().describe('nobody becomes another role'),
};
const rulesOut = z.object({
  items: z.array(
    z.object({
      accountId: z.uuid().nullable(),
      accountName: z.string().nullable(),
      ...rules,
      denyTables: z.array(z.string()),
      changedAt: instantOut,
    }),
  ),
});
const resource = (input: { readonly id: string }) => ({ type: 'System', id: input.id });

/** What statements may not be in sessions on a database. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'statementRules.list',
    action: 'statement_rules.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{id}/statement-rules',
    summary: 'What statements may not be in sessions on a database',
    input: z.object({ id: z.uuid() }),
    output: rulesOut,
    cli: {
      command: 'db rules',
      positional: ['id'],
      columns: ['accountName', 'readOnly', 'noDdl', 'whereNeeded', 'keepRole', 'denyTables'],
    },
    resource,
    handler: async (ctx, _permit, input) => {
      await requireSystem(ctx.tx, input.id);
      return { items: await rulesOfSystem(ctx.tx, input.id) };
    },
  }),
  defineOperation({
    name: 'statementRules.keep',
    action: 'statement_rules.keep',
    kind: 'write',
    method: 'PUT',
    path: '/v1/systems/{id}/statement-rules',
    summary: 'Say what statements may not be in sessions on a database, or of one account there',
    description: 'Takes the place of what was said before; sessions that are open go on under what they began with.',
    input: z.object({
      id: z.uuid(),
      accountId: z.uuid().nullable().default(null).describe('default: all accounts there'),
      readOnly: rules.readOnly.default(false),
      noDdl: rules.noDdl.default(false),
      whereNeeded: rules.whereNeeded.default(false),
      keepRole: rules.keepRole.default(false),
      denyTables: z
        .array(text(130).regex(TABLE, 'is `table`, `schema.table` or `schema.*`'))
        .max(200)
        .default([])
        .describe('`table`, `schema.table` or `schema.*`'),
    }),
    output: rulesOut,
    cli: { command: 'db rules-keep', positional: ['id'] },
    resource,
    handler: async (ctx, permit, input) => {
      await requireSystem(ctx.tx, input.id);
      const { id, accountId, ...said } = input;
      await keepRules(ctx, permit, { systemId: id, accountId, rules: said });
      return { items: await rulesOfSystem(ctx.tx, id) };
    },
  }),
];
