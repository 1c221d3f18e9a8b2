import { sql, type Tx } from '#kit/db/index.ts';
import { conflict, denied, invalid } from '#kit/errors/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/contract.ts';
import type { KindOf } from './apply-mass-change.ts';
import { massChangeAccepted, massChangeDeclined, massChangeUndoAsked } from './events.ts';
import type { MassChange, MassState } from './model.ts';
import { APPLY } from './plan-mass-change.ts';
import { lockMassChange, requireMassChange } from './store.ts';

export const UNDO = 'mass_changes.undo';

/**
 * A named person takes a held plan upon them, this one and once: all of it, or its first `canary` items, after which
 * it waits again. Nobody accepts a plan that changes something of their own.
 */
export async function acceptMassChange(
  ctx: Ctx,
  permit: Permit<'mass_change.accept'>,
  input: { readonly id: string; readonly because: string; readonly canary?: number | undefined },
): Promise<MassChange> {
  const change = await inState(ctx.tx, input.id, ['held', 'canary'], 'accept');
  const by = await personOtherThanThose(ctx, change.id);
  const releasedTo = input.canary === undefined ? change.items : change.appliedTo + input.canary;
  if (releasedTo > change.items)
    throw invalid(
      '/canary',
      `is more than the ${change.items - change.appliedTo} that are left`,
      'leave it out for all',
    );
  await ctx.tx.run(sql`
    update mass_change set state = 'applying', released_to = ${releasedTo}, accepted_by = ${by},
           accepted_at = ${ctx.now}, accepted_because = ${input.because} where id = ${change.id}`);
  await ctx.record(permit, {
    event: massChangeAccepted,
    subject: by,
    data: { ...named(change), releasedTo, items: change.items, because: input.because },
  });
  await enqueue(ctx.tx, APPLY, { id: change.id }, { key: `${APPLY}:${change.id}` });
  return await requireMassChange(ctx.tx, change.id);
}

/** Puts a plan away: a held one unapplied, one after its canary with the rest unapplied. */
export async function declineMassChange(
  ctx: Ctx,
  permit: Permit<'mass_change.accept'>,
  input: { readonly id: string; readonly because: string },
): Promise<MassChange> {
  const change = await inState(ctx.tx, input.id, ['held', 'canary'], 'decline');
  await ctx.tx.run(sql`update mass_change set state = 'declined', settled_at = ${ctx.now} where id = ${change.id}`);
  await ctx.record(permit, {
    event: massChangeDeclined,
    subject: subjectOf(ctx),
    data: { ...named(change), because: input.because },
  });
  return await requireMassChange(ctx.tx, change.id);
}

/** Asks that all a plan did is put back. */
export async function askUndo(
  ctx: Ctx,
  permit: Permit<'mass_change.undo'>,
  kindOf: KindOf,
  input: { readonly id: string; readonly because: string },
): Promise<MassChange> {
  const change = await inState(ctx.tx, input.id, ['applied', 'canary', 'declined'], 'undo');
  if (kindOf(change.kind).undo === undefined)
    throw conflict(
      'mass_change.cannot_be_undone',
      `changes of kind ${change.kind} cannot be put back as a whole`,
      'change back what caused them',
    );
  await personOtherThanThose(ctx, change.id);
  await ctx.tx.run(sql`update mass_change set state = 'undoing', settled_at = ${ctx.now} where id = ${change.id}`);
  await ctx.record(permit, {
    event: massChangeUndoAsked,
    subject: subjectOf(ctx),
    data: { ...named(change), because: input.because },
  });
  await enqueue(ctx.tx, UNDO, { id: change.id }, { key: `${UNDO}:${change.id}` });
  return await requireMassChange(ctx.tx, change.id);
}

async function inState(tx: Tx, id: string, states: readonly MassState[], verb: string): Promise<MassChange> {
  const change = await lockMassChange(tx, id);
  if (!states.includes(change.state))
    throw conflict(
      'mass_change.not_open',
      `this change is ${change.state}, so there is nothing to ${verb}`,
      'look at the newest change of the same',
    );
  return change;
}

async function personOtherThanThose(ctx: Ctx, id: string): Promise<string> {
  if (ctx.principal.kind !== 'identity')
    throw denied('mass_change.by_person', 'this is decided by a person', 'sign in and decide it');
  const { own } = await ctx.tx.one<{ own: boolean }>(sql`
    select exists (select from mass_change_item
                    where mass_change_id = ${id} and identity_id = ${ctx.principal.id} and state <> 'skipped') as own`);
  if (own)
    throw denied(
      'mass_change.own_benefit',
      'this changes something of your own, and nobody decides about that themself',
      'ask another administrator',
    );
  return ctx.principal.id;
}

const subjectOf = (ctx: Ctx): string | undefined => (ctx.principal.kind === 'identity' ? ctx.principal.id : undefined);

const named = (change: MassChange): { massChangeId: string; kind: string } => ({
  massChangeId: change.id,
  kind: change.kind,
});
