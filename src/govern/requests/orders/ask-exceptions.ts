import { sql } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { findSodRule, type Decide, type Permit } from '#spine/decide/index.ts';
import { askNotice } from '#spine/events/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { holdersOfAdminRole } from '../approvers/find-approvers.ts';
import { orderExceptionsAsked } from '../events.ts';
import { refuseOver } from './change-order.ts';
import { judgeOrder } from './judge-order.ts';
import { requireOrder } from './store.ts';

const HOUR = 3_600_000;

/**
 * Asks for exceptions from the rules that keep lines of a cart back: owners of these rules and security officers are
 * told, with where they grant one. It grants nothing by itself, and the lines stay in the cart until it is granted.
 * Throws `request_order.asked_lately`, `request_order.no_conflict`.
 */
export const askExceptions = async (
  ctx: Ctx,
  permit: Permit<'request_order.ask_exceptions'>,
  decide: Decide,
  input: { readonly id: string; readonly reason: string },
): Promise<{ readonly ruleIds: readonly string[]; readonly asked: readonly string[] }> => {
  const order = refuseOver(await requireOrder(ctx.tx, input.id, 'lock'));
  const { at } = await ctx.tx.one<{ at: Date | null }>(
    sql`select exceptions_asked_at as at from request_order where id = ${order.id}`,
  );
  if (at !== null && ctx.now.getTime() - at.getTime() < HOUR)
    throw conflict('request_order.asked_lately', 'exceptions were asked for within the hour', 'wait, or talk to them');
  const judged = await judgeOrder(ctx, decide, order);
  const held = judged.people.flatMap(({ identityId, lines }) =>
    lines.flatMap(({ judged: line }) =>
      line.verdict === 'conflict'
        ? line.sod
            .filter((hit) => !hit.tolerated && hit.mode === 'enforce')
            .map(({ ruleId }) => ({ identityId, ruleId }))
        : [],
    ),
  );
  const different = [...new Map(held.map((h) => [`${h.ruleId} ${h.identityId}`, h])).values()];
  if (different.length === 0)
    throw conflict('request_order.no_conflict', 'no rule of duties keeps anything of this cart back');
  const told = new Set<string>();
  for (const { ruleId, identityId } of different) {
    const rule = await findSodRule(ctx.tx, ruleId);
    const who = await getIdentity(ctx.tx, identityId);
    if (rule === undefined || who === undefined) continue;
    const not = new Set([identityId]);
    const officers = await holdersOfAdminRole(ctx.tx, 'security_officer', { not, deputiesOf: () => [] });
    const to = [...new Set([...(rule.ownerId === null ? [] : [rule.ownerId]), ...officers])].filter(
      (id) => !not.has(id),
    );
    for (const id of to) told.add(id);
    await askNotice(ctx, permit, {
      to,
      template: 'sod.exception_wanted',
      path: `/sod/except?rule=${ruleId}&identity=${identityId}`,
      about: identityId,
      facts: { rule: rule.name, person: who.displayName, reason: input.reason },
    });
  }
  await ctx.tx.run(sql`update request_order set exceptions_asked_at = ${ctx.now} where id = ${order.id}`);
  const ruleIds = [...new Set(different.map((h) => h.ruleId))];
  await ctx.record(permit, {
    event: orderExceptionsAsked,
    data: {
      orderId: order.id,
      number: order.number,
      ruleIds,
      identityIds: [...new Set(different.map((h) => h.identityId))],
      asked: [...told],
      reason: input.reason,
    },
    subject: order.requesterId,
  });
  return { ruleIds, asked: [...told] };
};
