import { z } from 'zod';
import { instantOut, text } from '#kit/http/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { previewUndo } from '../undoing/preview-undo.ts';
import { undoRun } from '../undoing/undo-run.ts';
import { runOut } from './shapes.ts';
import { shownRun } from './sources.ts';

const over = z.object({
  code: z.string(),
  systemId: z.uuid().nullable(),
  count: z.int(),
  allowed: z.int(),
  detail: z.string(),
});
const line = z.object({
  identityId: z.uuid(),
  displayName: z.string().nullable(),
  effect: z.string(),
  what: z.string(),
  problem: z.string().nullable(),
  grants: z
    .array(z.object({ name: z.string(), until: instantOut.nullable(), problem: z.string().nullable() }))
    .describe('What ended with their leaving: until when it is given again, or why not'),
});

export const undoingOperations = [
  defineOperation({
    name: 'sources.undoPreview',
    action: 'feed_run.undo_preview',
    kind: 'read',
    method: 'GET',
    path: '/v1/runs/{id}/undo',
    summary: 'Show what taking a delivery back would do, to whom, whom it would leave alone, and what stays',
    input: z.object({ id: z.uuid(), limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    output: z.object({
      run: runOut,
      refusals: z
        .array(z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }))
        .describe('Why it would be refused; empty where it may be done'),
      effects: z.array(z.object({ effect: z.string(), n: z.int() })),
      heldBecause: z.array(over).describe('The limits it would be over: it would wait for a person'),
      people: z.array(line),
      leftAlone: z.array(line).describe('People changed since, who are left as they are'),
      leftAloneCount: z.int(),
      notTakenBack: z.array(z.object({ what: z.string(), n: z.int().nullable(), detail: z.string() })),
    }),
    cli: { command: 'sources undo-preview', positional: ['id'] },
    handler: async (ctx, _permit, input) => {
      const { run, refusals, people, leftAlone, ...rest } = await previewUndo(ctx, input);
      const shown = (lines: typeof people): z.input<typeof line>[] =>
        lines.map(({ grants, ...one }) => ({
          ...one,
          grants: grants.map(({ name, validTo, problem }) => ({ name, until: validTo, problem })),
        }));
      return {
        ...rest,
        run: shownRun(run),
        refusals: refusals.map(({ code, message, fix }) => ({ code, detail: message, fix: fix ?? null })),
        people: shown(people),
        leftAlone: shown(leftAlone),
      };
    },
  }),
  defineOperation({
    name: 'sources.undoRun',
    action: 'feed_run.undo',
    kind: 'write',
    method: 'POST',
    path: '/v1/runs/{id}/undo',
    summary: 'Take back all that a delivery did',
    description:
      'Planned whole and held over a limit, as a mass change; who was changed since is left alone. Asked again, it answers what became of the first time.',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: z.object({
      already: z.boolean().describe('It is undone already, or was asked for before'),
      massChangeId: z.uuid(),
      state: z.string(),
      items: z.int(),
      heldBecause: z.array(over),
      run: runOut,
    }),
    cli: {
      command: 'sources undo',
      positional: ['id'],
      fails: { field: 'state', values: { held: 'pending' }, because: ['heldBecause'] },
    },
    handler: async (ctx, permit, input) => {
      const { run, change, already } = await undoRun(ctx, permit, input);
      const { id: massChangeId, state, items, heldBecause } = change;
      return { already, massChangeId, state, items, heldBecause, run: shownRun(run) };
    },
  }),
];
