import { sql } from '#kit/db/index.ts';
import { conflict, denied } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { survivorsOf } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { whoOpens } from './concerned.ts';
import { openingAsked, pathOpened } from './events.ts';
import type { EmergencyPath } from './model.ts';
import { findUse, lockPath, openingOf, unreviewedUses } from './store.ts';
import { tellOf } from './tell.ts';

/** How long a second person has to agree. */
const HOURS = 24;

/**
 * Opens a locked path again, by two people: the first call asks, another person's call within a day agrees. What locked
 * it has to be reviewed first, and whoever took that access has no part in it.
 */
export const openPath = async (
  ctx: Ctx,
  permit: Permit<'emergency_path.open'>,
  input: { readonly id: string; readonly reason: string },
): Promise<string> => {
  const path = await lockPath(ctx.tx, input.id);
  if (path.lockedAt === null || path.lockedByUseId === null || path.closedAt !== null)
    throw conflict('emergency_path.not_locked', `${path.name} is not locked`);
  const locking = await findUse(ctx.tx, path.lockedByUseId);
  const me = ctx.principal.id;
  const now = (await survivorsOf(ctx.tx, [locking.identityId])).get(locking.identityId)?.identityId;
  if ([locking.identityId, now].includes(me))
    throw denied('emergency_path.own_lock', 'your use locked this path, so you have no part in opening it');
  const [unreviewed] = await unreviewedUses(ctx.tx, path.id);
  if (unreviewed !== undefined)
    throw conflict(
      'emergency_path.reviews_wait',
      `${path.name} has a use that nobody has reviewed`,
      `review it first: reeve emergency review ${unreviewed.id}`,
    );
  const asked = await openingOf(ctx.tx, path.id);
  if (asked === undefined) {
    await ask(ctx, permit, path, input.reason);
    return path.id;
  }
  const askers = [asked.askedBy, (await survivorsOf(ctx.tx, [asked.askedBy])).get(asked.askedBy)?.identityId];
  if (askers.includes(me))
    throw conflict(
      'emergency_path.another_agrees',
      'you asked for this; another person has to agree',
      `any other of those who may open it, until ${asked.endsAt.toISOString()}`,
    );
  await ctx.tx.run(sql`update emergency_opening set agreed_by = ${me}, agreed_at = ${ctx.now} where id = ${asked.id}`);
  await ctx.tx.run(sql`
    update emergency_path set locked_at = null, locked_because = null, locked_by_use_id = null where id = ${path.id}`);
  await ctx.record(permit, {
    event: pathOpened,
    data: {
      pathId: path.id,
      name: path.name,
      openingId: asked.id,
      askedBy: asked.askedBy,
      reason: input.reason,
    },
  });
  return path.id;
};

const ask = async (ctx: Ctx, permit: Permit, path: EmergencyPath, reason: string): Promise<void> => {
  const id = newId(ctx.now.getTime());
  await ctx.tx.run(sql`
    insert into emergency_opening (id, path_id, reason, asked_by, asked_at, ends_at)
    values (${id}, ${path.id}, ${reason}, ${ctx.principal.id}, ${ctx.now}, ${ctx.now}::timestamptz + make_interval(hours => ${HOURS}))`);
  await ctx.record(permit, { event: openingAsked, data: { pathId: path.id, name: path.name, openingId: id, reason } });
  const locking = await findUse(ctx.tx, path.lockedByUseId ?? '');
  const others = (await whoOpens(ctx.tx, locking.identityId)).filter((other) => other !== ctx.principal.id);
  await tellOf(ctx, permit, path, locking, { to: others, template: 'emergency.opening', facts: { reason } });
};
