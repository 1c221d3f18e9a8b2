import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx, type TakeStepUp } from '#spine/operations/index.ts';
import type { EmergencyUse } from '../model.ts';
import { reviewUse } from '../review-use.ts';
import { showUse } from '../show.ts';
import { findUse, useColumns } from '../store.ts';
import { usePath } from '../use-path.ts';
import { pathRef, pathResource, useOut } from './shapes.ts';

const byId = z.object({ id: z.uuid() });
const useResource = (input: { readonly id: string }) => ({ type: 'EmergencyUse', id: input.id });

const listUses = async (
  ctx: Ctx,
  decide: Decide,
  input: { readonly scope: 'review' | 'mine' | 'all'; readonly cursor?: string | undefined; readonly limit: number },
) => {
  const me = ctx.principal.id;
  const officer = await decide.may(ctx.tx, {
    principal: ctx.principal,
    action: 'emergency_use.list_all',
    resource: PLATFORM,
  });
  const which = {
    mine: sql`u.identity_id = ${me}`,
    all: sql`true`,
    // Those without a verdict that are mine to look at: of officers all, of reviewers those of their paths.
    review: sql`u.verdict is null and u.identity_id <> ${me} and (${me} = any (p.reviewer_ids) or ${officer.allowed})`,
  }[input.scope];
  const after = readCursor(input.cursor, ['id'])?.[0] ?? null;
  const rows = await ctx.tx.many<EmergencyUse>(sql`
    select ${useColumns} from emergency_use u join emergency_path p on p.id = u.path_id
     where ${which} and (${after}::uuid is null or u.id < ${after}) order by u.id desc limit ${input.limit + 1}`);
  const cut = page(rows, input.limit, (u) => [u.id]);
  const items = [];
  for (const use of cut.items) items.push(await showUse(ctx, decide, use));
  return { ...cut, items };
};

/** Taking emergency access, and reviewing what was done with it. */
export const useOperations = (edges: {
  readonly decide: Decide;
  readonly takeStepUp: TakeStepUp;
}): readonly AnyOperation[] => [
  defineOperation({
    name: 'emergency.use',
    action: 'emergency_path.use',
    kind: 'write',
    method: 'POST',
    path: '/v1/emergency-paths/{id}/use',
    summary: 'Take emergency access at once, without approval',
    description:
      'Needs a reason and a fresh proof that it is you (answered `step_up.required` first). Owners and security officers are told, sessions are recorded, and somebody else reviews it.',
    input: z.object({
      id: pathRef,
      reason: text(2000),
      minutes: z.int().min(1).max(1440).optional().describe('for how long; absent: as long as the path gives'),
    }),
    output: useOut,
    cli: { command: 'emergency use', positional: ['id'] },
    resource: pathResource,
    handler: async (ctx, permit, input) =>
      showUse(ctx, edges.decide, await findUse(ctx.tx, await usePath(ctx, permit, edges.takeStepUp, input))),
  }),
  defineOperation({
    name: 'emergency.uses',
    action: 'emergency_use.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/emergency-uses',
    summary: 'List uses of emergency access with their reviews, newest first',
    description: '`review`: those that wait for a review I may give. `mine`: what I took. `all`: everybody’s.',
    input: z.object({ scope: z.enum(['review', 'mine', 'all']).default('review'), ...pageInput }),
    output: pageOf(useOut),
    cli: {
      command: 'emergency uses',
      columns: ['id', 'path.name', 'who.name', 'usedAt', 'review.state', 'review.dueAt'],
    },
    handler: async (ctx, _permit, input) => {
      if (input.scope === 'all')
        await edges.decide.permit(ctx.tx, {
          principal: ctx.principal,
          action: 'emergency_use.list_all',
          resource: PLATFORM,
        });
      return await listUses(ctx, edges.decide, input);
    },
  }),
  defineOperation({
    name: 'emergency.showUse',
    action: 'emergency_use.read',
    kind: 'read',
    method: 'GET',
    path: '/v1/emergency-uses/{id}',
    summary: 'Show one use of emergency access, with its sessions and review',
    input: byId,
    output: useOut,
    cli: { command: 'emergency look', positional: ['id'] },
    resource: useResource,
    handler: async (ctx, _permit, input) => showUse(ctx, edges.decide, await findUse(ctx.tx, input.id)),
  }),
  defineOperation({
    name: 'emergency.review',
    action: 'emergency_use.review',
    kind: 'write',
    method: 'POST',
    path: '/v1/emergency-uses/{id}/review',
    summary: 'Say whether a use of emergency access was justified; what was not ends at once',
    input: byId.extend({ verdict: z.enum(['justified', 'not_justified']), comment: text(2000) }),
    output: useOut,
    cli: { command: 'emergency review', positional: ['id'] },
    resource: useResource,
    handler: async (ctx, permit, input) =>
      showUse(ctx, edges.decide, await findUse(ctx.tx, await reviewUse(ctx, permit, input))),
  }),
];
