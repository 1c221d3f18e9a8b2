import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { requireSystem } from '#spine/graph/index.ts';
import { defineOperation, type AnyOperation, type Ctx } from '#spine/operations/index.ts';
import { keepCommandRules } from './keep-rules.ts';
import { commandRulesOfSystem } from './store.ts';

const rule = z.object({
  pattern: text(200)
    .regex(/^[\x20-\x7e]*$/u, 'is visible ASCII')
    .describe('words as one types them, * for anything'),
  does: z
    .enum(['alert', 'ask', 'end'])
    .describe('alert: it runs, and officers are told; ask: it waits for one to agree; end: the session ends before it'),
});
const rulesOut = z.object({
  items: z.array(
    z.object({
      accountId: z.uuid().nullable(),
      accountName: z.string().nullable(),
      revision: z.int(),
      rules: z.array(rule),
      askSeconds: z.int(),
      changedAt: instantOut,
    }),
  ),
});
const resource = (input: { readonly id: string }) => ({ type: 'System', id: input.id });
const list = async (ctx: Ctx, id: string) => ({
  items: (await commandRulesOfSystem(ctx.tx, id)).map((kept) => ({ ...kept, rules: [...kept.rules] })),
});

/** What happens at which commands of sessions. */
export const operations: readonly AnyOperation[] = [
  defineOperation({
    name: 'commandRules.list',
    action: 'command_rules.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/systems/{id}/command-rules',
    summary: 'What happens at which commands of SSH sessions on a system',
    input: z.object({ id: z.uuid() }),
    output: rulesOut,
    cli: {
      command: 'systems command-rules',
      positional: ['id'],
      columns: ['accountName', 'revision', 'rules', 'askSeconds'],
    },
    resource,
    handler: async (ctx, _permit, input) => {
      await requireSystem(ctx.tx, input.id);
      return await list(ctx, input.id);
    },
  }),
  defineOperation({
    name: 'commandRules.keep',
    action: 'command_rules.keep',
    kind: 'write',
    method: 'PUT',
    path: '/v1/systems/{id}/command-rules',
    summary: 'Say what happens at which commands of SSH sessions on a system, or of one account there',
    description:
      'Takes the place of what was said before; sessions that are open go on under what they began with. A text can be written in many ways: rules keep hands from slipping, and are no wall.',
    input: z.object({
      id: z.uuid(),
      accountId: z.uuid().nullable().default(null).describe('default: all accounts there'),
      rules: z.array(rule).max(100).default([]),
      askSeconds: z.int().min(10).max(600).default(120).describe('how long a command waits for somebody to agree'),
    }),
    output: rulesOut,
    cli: { command: 'systems set-command-rules', positional: ['id'] },
    resource,
    handler: async (ctx, permit, { id, ...said }) => {
      await requireSystem(ctx.tx, id);
      await keepCommandRules(ctx, permit, { systemId: id, ...said });
      return await list(ctx, id);
    },
  }),
];
