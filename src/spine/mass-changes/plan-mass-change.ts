import { sql, type Sql, type Tx } from '#kit/db/index.ts';
import { conflict } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/contract.ts';
import { massChangeHeld, massChangePlanned, massChangeSuperseded } from './events.ts';
import {
  DEFAULT_LIMITS,
  judgeCounts,
  type ChangeLimits,
  type EffectCount,
  type MassChange,
  type MassKind,
  type MassPlan,
  type OverLimit,
} from './model.ts';
import { countEffects, limitsOfKind, lockOpenOf, requireMassChange } from './store.ts';

export const APPLY = 'mass_changes.apply';

/** Which limits these counts are over, by what was set for the kind and its systems: what planning it would find. */
export async function judgeMassEffect(
  tx: Tx,
  kind: Pick<MassKind, 'kind' | 'population'>,
  counts: readonly EffectCount[],
): Promise<readonly OverLimit[]> {
  const set = new Map((await limitsOfKind(tx, kind.kind)).map((row) => [row.systemId, row.limits]));
  const whole = set.get(null) ?? DEFAULT_LIMITS;
  return judgeCounts(counts, await kind.population(tx), (systemId): ChangeLimits => set.get(systemId) ?? whole);
}

/**
 * Plans an effect on many at once, whole, before its first change. Within its limits it is applied by a job; over one
 * it is held, whole, until a named person accepts it. One that waits under the same key is superseded. Undefined: there
 * is nothing to change. Throws `mass_change.still_applying` while an earlier one of the key is under way.
 */
export async function planMassChange(
  ctx: Ctx,
  permit: Permit,
  kind: MassKind,
  plan: MassPlan,
): Promise<MassChange | undefined> {
  const { tx } = ctx;
  await supersede(ctx, permit, kind.kind, plan.key);
  const id = newId(ctx.now.getTime());
  const head = { kind: kind.kind, key: plan.key, title: plan.title };
  await tx.run(sql`
    insert into mass_change (id, kind, key, title, state, items, planned_at, planned_by)
    values (${id}, ${head.kind}, ${head.key}, ${head.title}, 'applying', 0, ${ctx.now}, ${ctx.principal.id})`);
  const items = await tx.run(sql`
    insert into mass_change_item (mass_change_id, position, effect, system_id, identity_id, what, data)
    select ${id}, row_number() over ()::int, p.effect, p.system_id, p.identity_id, p.what, p.data
      from (${plan.items}) p`);
  if (items === 0) {
    await tx.run(sql`delete from mass_change where id = ${id}`);
    return undefined;
  }
  const over = await judgeMassEffect(tx, kind, await countEffects(tx, id));
  const held = over.length > 0;
  const all =
    items + (plan.leftAlone === undefined ? 0 : await leaveAlone(tx, { id, after: items, which: plan.leftAlone }));
  await tx.run(sql`
    update mass_change set items = ${all}, held_because = ${sql.json(over)}::jsonb, state = ${held ? 'held' : 'applying'},
           released_to = ${held ? 0 : all} where id = ${id}`);
  const data = { massChangeId: id, kind: kind.kind, key: plan.key, items: all };
  if (held) await ctx.record(permit, { event: massChangeHeld, data: { ...data, over: over.map((o) => o.code) } });
  else {
    await ctx.record(permit, { event: massChangePlanned, data });
    await enqueue(tx, APPLY, { id }, { key: `${APPLY}:${id}` });
  }
  return await requireMassChange(tx, id);
}

/** What is left alone is kept behind the items, so that a canary is made of what is due. */
const leaveAlone = async (
  tx: Tx,
  { id, after, which }: { readonly id: string; readonly after: number; readonly which: Sql },
): Promise<number> =>
  await tx.run(sql`
    insert into mass_change_item (mass_change_id, position, effect, system_id, identity_id, what, data, state, problem)
    select ${id}, ${after}::int + row_number() over ()::int, p.effect, p.system_id, p.identity_id, p.what, p.data, 'skipped', p.problem
      from (${which}) p`);

/** Puts away the plan that waits under a key, unapplied, because what asked for it is not wanted any more. False where none waits. */
export async function dropWaiting(
  ctx: Ctx,
  permit: Permit,
  kind: Pick<MassKind, 'kind'>,
  key: string,
): Promise<boolean> {
  const open = await lockOpenOf(ctx.tx, kind.kind, key);
  if (open?.state !== 'held') return false;
  await supersede(ctx, permit, kind.kind, key);
  return true;
}

async function supersede(ctx: Ctx, permit: Permit, kind: string, key: string): Promise<void> {
  const open = await lockOpenOf(ctx.tx, kind, key);
  if (open === undefined) return;
  if (open.state === 'applying')
    throw conflict(
      'mass_change.still_applying',
      `an earlier change of the same is still being applied: ${open.title}`,
      `wait until ${open.id} is applied`,
    );
  await ctx.tx.run(sql`update mass_change set state = 'superseded', settled_at = ${ctx.now} where id = ${open.id}`);
  await ctx.record(permit, { event: massChangeSuperseded, data: { massChangeId: open.id, kind } });
}
