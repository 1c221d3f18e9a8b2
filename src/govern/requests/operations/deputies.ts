import { z } from 'zod';
import { sql } from '#kit/db/index.ts';
import { instantIn, instantOut, page, pageInput, pageOf, readCursor, text } from '#kit/http/index.ts';
import { PLATFORM, type Decide } from '#spine/decide/index.ts';
import { defineOperation, type AnyOperation, type Ctx, type ResourceType } from '#spine/operations/index.ts';
import { ABOUT, appointDeputy, endDeputy, listDeputies, type Deputy } from '../deputies/appoint-deputy.ts';
import { STEP_KINDS } from '../model.ts';
import { namesOf } from '../show-request.ts';
import { forWhom, identityMeant, ref } from './shapes.ts';

const deputyOut = z.object({
  id: z.uuid(),
  /** In whose name. */
  of: ref,
  deputy: ref,
  about: z.array(z.enum(ABOUT)).nullable(),
  stepKinds: z.array(z.enum(STEP_KINDS)).nullable(),
  systemIds: z.array(z.uuid()).nullable(),
  targetIds: z.array(z.uuid()).nullable(),
  startsAt: instantOut,
  endsAt: instantOut,
  reason: z.string(),
  endedAt: instantOut.nullable(),
});

const shown = async (ctx: Ctx, rows: readonly Deputy[]) => {
  const name = await namesOf(
    ctx.tx,
    rows.flatMap((r) => [r.identityId, r.deputyId]),
  );
  return rows.map(({ identityId, deputyId, ...row }) => ({ ...row, of: name(identityId), deputy: name(deputyId) }));
};
const shownOne = async (ctx: Ctx, row: Deputy) => {
  const [one] = await shown(ctx, [row]);
  if (one === undefined) throw new Error('one row is shown as one');
  return one;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const person = { type: 'Entity', name: 'Identity' } as const;

/** A deputy as policies see it. */
export const deputyType: ResourceType = {
  type: 'ApprovalDeputy',
  attributes: { of: person, deputy: person },
  load: async (tx, ids) => {
    const rows = await tx.many<{ id: string; identityId: string; deputyId: string }>(
      sql`select id, identity_id, deputy_id from approval_deputy where id = any(${ids.filter((id) => UUID.test(id))}::uuid[])`,
    );
    const who = (id: string) => ({ entity: { type: 'Identity', id } });
    return new Map(rows.map((r) => [r.id, { of: who(r.identityId), deputy: who(r.deputyId) }]));
  },
};

/** Who decides in whose name. */
export const deputyOperations = (edges: { readonly decide: Decide }): readonly AnyOperation[] => [
  defineOperation({
    name: 'deputies.list',
    action: 'approval_deputy.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/deputies',
    summary: 'List deputies that are or will be in force, the next to end first',
    description: '`mine`: those who stand in for me, and whom I stand in for. `all`: everybody’s.',
    input: z.object({ scope: z.enum(['mine', 'all']).default('mine'), ...pageInput }),
    output: pageOf(deputyOut),
    cli: { command: 'deputy ls', columns: ['of.name', 'deputy.name', 'startsAt', 'endsAt', 'reason'] },
    handler: async (ctx, _permit, input) => {
      if (input.scope === 'all')
        await edges.decide.permit(ctx.tx, {
          principal: ctx.principal,
          action: 'approval_deputy.list_all',
          resource: PLATFORM,
        });
      const rows = await listDeputies(ctx.tx, {
        concerning: input.scope === 'all' ? undefined : ctx.principal.id,
        after: readCursor(input.cursor, ['at', 'id']),
        limit: input.limit + 1,
      });
      const cut = page(rows, input.limit, (r) => [r.endsAt.toISOString(), r.id]);
      return { ...cut, items: await shown(ctx, cut.items) };
    },
  }),
  defineOperation({
    name: 'deputies.appoint',
    action: 'approval_deputy.appoint',
    kind: 'write',
    method: 'POST',
    path: '/v1/deputies',
    summary: 'Let somebody decide about requests and certifications in my name for a time',
    description:
      'Both names are on the record of each decision. Nobody decides about what they asked for or benefit from, nor what another step of the request was decided by; a deputy of a deputy is not followed. Officers appoint for others.',
    input: z.object({
      /** Who is to decide: an id, a username or a mail address. */
      deputy: text(200),
      /** In whose name; absent: in mine. */
      forIdentity: text(200).optional(),
      startsAt: instantIn.optional(),
      endsAt: instantIn,
      reason: text(500),
      /** Only about these; absent: about requests and certifications. */
      about: z.array(z.enum(ABOUT)).min(1).optional(),
      /** In requests only as these; absent: as any. */
      stepKinds: z.array(z.enum(STEP_KINDS)).min(1).optional(),
      /** Only about these systems, and the entitlements and roles below; both absent: about anything. */
      systemIds: z.array(z.uuid()).min(1).max(100).optional(),
      targetIds: z.array(z.uuid()).min(1).max(100).optional(),
    }),
    output: deputyOut,
    cli: { command: 'deputy appoint', positional: ['deputy'] },
    resource: forWhom,
    handler: async (ctx, permit, input) => {
      const meant = async (who: string): Promise<string> => (await identityMeant(ctx.tx, who)) ?? '';
      return await shownOne(
        ctx,
        await appointDeputy(ctx, permit, {
          identityId: input.forIdentity === undefined ? ctx.principal.id : await meant(input.forIdentity),
          deputyId: await meant(input.deputy),
          startsAt: input.startsAt ?? ctx.now,
          endsAt: input.endsAt,
          reason: input.reason,
          about: input.about ?? null,
          stepKinds: input.stepKinds ?? null,
          systemIds: input.systemIds ?? null,
          targetIds: input.targetIds ?? null,
        }),
      );
    },
  }),
  defineOperation({
    name: 'deputies.end',
    action: 'approval_deputy.end',
    kind: 'write',
    method: 'POST',
    path: '/v1/deputies/{id}/end',
    summary: 'End a deputy before its time',
    input: z.object({ id: z.uuid() }),
    output: deputyOut,
    cli: { command: 'deputy end', positional: ['id'] },
    resource: ({ id }) => ({ type: 'ApprovalDeputy', id }),
    handler: async (ctx, permit, input) => shownOne(ctx, await endDeputy(ctx, permit, input.id)),
  }),
];
