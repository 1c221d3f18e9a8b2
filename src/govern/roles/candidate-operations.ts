import { z } from 'zod';
import { text } from '#kit/http/index.ts';
import { getEntitlements } from '#spine/graph/index.ts';
import { defineOperation } from '#spine/operations/index.ts';
import { applyCandidate, draftCandidate, previewApply } from './make-role.ts';
import { splitCandidate } from './optimising/split-candidate.ts';
import { USE_DAYS } from './optimising/uses-of-candidates.ts';
import { showMatrix } from './show-matrix.ts';
import { requireCandidate } from './store.ts';

const ref = z.object({ id: z.uuid(), name: z.string() });

/** What can be made of a candidate: looked at, split by use, drafted, and given in place of direct grants. */
export const candidateOperations = [
  defineOperation({
    name: 'roleMining.matrix',
    action: 'candidate_role.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/candidate-roles/{id}/matrix',
    summary: 'Show who of a candidate holds what of it directly now, person by person',
    input: z.object({
      id: z.uuid(),
      people: z.coerce.number().int().min(1).max(300).default(200),
      entitlements: z.coerce.number().int().min(1).max(200).default(100),
    }),
    output: z.object({
      people: z.int(),
      entitlements: z.int(),
      columns: z.array(z.object({ id: z.uuid(), name: z.string(), systemName: z.string(), held: z.int() })),
      rows: z.array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          department: z.string().nullable(),
          holds: z.array(z.int()).describe('places in `columns`'),
        }),
      ),
    }),
    handler: (ctx, _permit, input) => showMatrix(ctx.tx, input),
  }),
  defineOperation({
    name: 'roleMining.split',
    action: 'candidate_role.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/candidate-roles/{id}/split',
    summary: 'Show which part of a candidate its people use, and which few do and is better asked for',
    description: `By use in the ${USE_DAYS} days before it was mined. What is not known stays standing: unknown is never unused.`,
    input: z.object({ id: z.uuid() }),
    output: z.object({
      items: z.array(
        z.object({
          entitlement: ref,
          part: z.enum(['standing', 'on_demand']),
          why: z.enum(['used', 'seldom', 'unknown']),
          used: z.int(),
          unused: z.int(),
          holders: z.int(),
        }),
      ),
    }),
    cli: {
      command: 'role-mining split',
      positional: ['id'],
      columns: ['entitlement', 'part', 'why', 'used', 'unused'],
    },
    handler: async (ctx, _permit, { id }) => {
      const { uses, onDemand } = splitCandidate(await requireCandidate(ctx.tx, id));
      const names = new Map(
        (
          await getEntitlements(
            ctx.tx,
            uses.map((use) => use.entitlementId),
          )
        ).map((e) => [e.id, e.name]),
      );
      return {
        items: uses.map(({ entitlementId, ...use }) => ({
          ...use,
          entitlement: { id: entitlementId, name: names.get(entitlementId) ?? 'an entitlement no longer known' },
          part: onDemand.includes(entitlementId) ? ('on_demand' as const) : ('standing' as const),
        })),
      };
    },
  }),
  defineOperation({
    name: 'roleMining.draft',
    action: 'candidate_role.draft',
    kind: 'write',
    method: 'POST',
    path: '/v1/candidate-roles/{id}/draft',
    summary: 'Make a role of a candidate; nobody has it, and nobody may ask for it yet',
    input: z.object({
      id: z.uuid(),
      name: text(200).optional(),
      description: text(2000).optional(),
      ownerId: z.uuid().optional(),
      split: z.boolean().default(false).describe('what few used becomes a role of its own, to be asked for'),
    }),
    output: z.object({ roleId: z.uuid(), name: z.string(), onDemandRoleId: z.uuid().nullable() }),
    cli: { command: 'role-mining draft', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const { role, onDemand } = await draftCandidate(ctx, permit, input);
      return { roleId: role.id, name: role.name, onDemandRoleId: onDemand?.id ?? null };
    },
  }),
  defineOperation({
    name: 'roleMining.preview',
    action: 'candidate_role.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/candidate-roles/{id}/preview',
    summary: 'What giving a drafted candidate in place of direct grants would do now',
    input: z.object({ id: z.uuid() }),
    output: z.object({
      roleId: z.uuid(),
      people: z.int().describe('who would have the role'),
      replaces: z.int().describe('direct grants that would end'),
      left: z
        .int()
        .describe('who is left as they are, since the role would change what they can reach or they have it'),
      over: z.array(z.object({ code: z.string(), detail: z.string() })).describe('why it would wait for a person'),
    }),
    cli: { command: 'role-mining preview', positional: ['id'] },
    handler: (ctx, _permit, { id }) => previewApply(ctx.tx, id),
  }),
  defineOperation({
    name: 'roleMining.apply',
    action: 'candidate_role.apply',
    kind: 'write',
    method: 'POST',
    path: '/v1/candidate-roles/{id}/apply',
    summary:
      'Give a drafted candidate in place of direct grants; nobody’s access changes, and it is undone with its mass change',
    description:
      'Who would gain or lose anything by it is left as they are. Over the limits of mass changes it waits for a named person.',
    input: z.object({ id: z.uuid(), because: text(1000) }),
    output: z.object({ massChangeId: z.uuid(), state: z.string(), people: z.int() }),
    cli: { command: 'role-mining apply', positional: ['id'] },
    handler: async (ctx, permit, input) => {
      const { id, state, items } = await applyCandidate(ctx, permit, input);
      return { massChangeId: id, state, people: items };
    },
  }),
];
