import type { Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice, raiseSignal } from '#spine/events/index.ts';
import { chainAbove, changeIdentityFacts, getIdentity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { addItems } from '../consequences/receipts.ts';
import { administrators } from '../consequences/tell.ts';
import { handoverOpened, handoverPassed } from './events.ts';
import { canAnswer, causeOf, DAY_MS, isProgram } from './model.ts';
import { insertHandover, readTerms, setActing, unanswered, type Unanswered } from './store.ts';
import { suspend } from './suspend.ts';

/**
 * What identities who cannot answer any more answered for goes to the next above them who can, else to administrators:
 * they answer for the time being, and are asked to accept it by a day. Where they are as little there, the one above is
 * asked, and the day stays. A program whose owner is suspended is suspended with them at once, until somebody accepts it;
 * sessions of a vendor whose sponsor left end. Without `ownerIds` it looks for whatever was missed. Safe to repeat.
 */
export async function handOver(
  ctx: Ctx,
  permit: Permit,
  input: { readonly ownerIds?: readonly string[]; readonly receipts?: ReadonlyMap<string, string> } = {},
): Promise<number> {
  const found = await unanswered(ctx.tx, input.ownerIds);
  for (const one of found) {
    const actingId = await nextAbove(ctx.tx, one);
    const handoverId = one.handoverId ?? (await open(ctx, permit, one, actingId));
    if (one.handoverId !== null && actingId !== undefined) await pass(ctx, permit, one, one.handoverId, actingId);
    if (actingId !== undefined)
      await changeIdentityFacts(ctx, permit, { identityId: one.id, change: { ownerId: actingId } });
    if (one.ownerState === 'suspended' && isProgram(one.kind) && one.handoverState !== 'lapsed')
      await suspend(ctx, permit, {
        identityId: one.id,
        handoverId,
        because: 'whoever answers for it is suspended',
        extent: { accounts: false, message: 'whoever answers for this is suspended' },
      });
    if (one.ownerState === 'leaver' && one.kind === 'vendor')
      await raiseSignal(ctx.tx, { kind: 'lock_identity', subject: one.id, message: 'your sponsor has left' });
    const receiptId = input.receipts?.get(one.ownerId);
    if (receiptId !== undefined)
      await addItems(ctx.tx, [
        { receiptId, what: 'handed_over', subjectId: one.id, name: one.name, dueAt: one.dueAt ?? (await dueAt(ctx)) },
      ]);
  }
  return found.length;
}

const dueAt = async (ctx: Ctx): Promise<Date> =>
  new Date(ctx.now.getTime() + (await readTerms(ctx.tx)).handoverDays * DAY_MS);

async function open(ctx: Ctx, permit: Permit, one: Unanswered, actingId: string | undefined): Promise<string> {
  const id = newId(ctx.now.getTime());
  const due = await dueAt(ctx);
  const cause = causeOf(one.ownerState);
  await insertHandover(ctx.tx, {
    id,
    identityId: one.id,
    fromId: one.ownerId,
    actingId: actingId ?? null,
    because: cause,
    askedAt: ctx.now,
    dueAt: due,
  });
  await ctx.record(permit, {
    event: handoverOpened,
    subject: one.id,
    data: { handoverId: id, identityId: one.id, fromId: one.ownerId, actingId, cause, dueAt: due.toISOString() },
  });
  await tellAsked(ctx, permit, { ...one, fromName: one.ownerName }, actingId, due);
  return id;
}

async function pass(ctx: Ctx, permit: Permit, one: Unanswered, handoverId: string, actingId: string): Promise<void> {
  await setActing(ctx.tx, handoverId, actingId);
  await ctx.record(permit, {
    event: handoverPassed,
    subject: one.id,
    data: { handoverId, identityId: one.id, actingId, because: `${one.ownerName} cannot answer for it` },
  });
  await tellAsked(ctx, permit, { ...one, fromName: one.ownerName }, actingId, one.dueAt ?? ctx.now);
}

/** Tells who is asked to answer for something; where nobody is, those who run Reeve. */
export async function tellAsked(
  ctx: Ctx,
  permit: Permit,
  one: { readonly id: string; readonly name: string; readonly fromName: string },
  actingId: string | undefined,
  due: Date,
): Promise<void> {
  await askNotice(ctx, permit, {
    to: actingId === undefined ? await administrators(ctx.tx) : [actingId],
    about: one.id,
    template: 'handover.wanted',
    path: '/answering',
    facts: { name: one.name, from: one.fromName, until: due.toISOString() },
  });
}

/** The nearest above an owner who can answer, never what it is about itself. */
async function nextAbove(tx: Tx, one: Unanswered): Promise<string | undefined> {
  const above = await chainAbove(tx, one.ownerId);
  const first = above.find((who) => canAnswer(who) && who.id !== one.id);
  if (first !== undefined || one.fromId === null || one.fromId === one.ownerId) return first?.id;
  // Whoever answers for the time being has nobody above them: those above whoever answered before may.
  const before = (await chainAbove(tx, one.fromId)).find((who) => canAnswer(who) && who.id !== one.id);
  return before?.id ?? (canAnswer(await getIdentity(tx, one.fromId)) ? one.fromId : undefined);
}
