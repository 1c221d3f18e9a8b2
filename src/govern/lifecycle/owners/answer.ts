import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { changeIdentityFacts, getIdentity, holdIdentities, type Identity } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { settleItems } from '../consequences/receipts.ts';
import { decidingSources } from './deciding-source.ts';
import { handoverAccepted, handoverOpened, handoverPassed, handoverReplaced, identityOwnerSet } from './events.ts';
import { tellAsked } from './hand-over.ts';
import { canAnswer, DAY_MS, type Handover } from './model.ts';
import { insertHandover, liveHandover, readTerms, requireHandover, setActing, settleHandover } from './store.ts';
import { resume } from './suspend.ts';

/** Accepts what was handed over: whoever asks answers for it from now on, and what was shut because of it opens again. */
export async function acceptHandover(
  ctx: Ctx,
  permit: Permit<'handover.settle'>,
  input: { readonly id: string },
): Promise<Handover> {
  const handover = await stillLive(ctx, input.id);
  const who = await requireAnswerer(ctx, permit.principal.id, handover.identityId, 'only a person who is here can');
  await changeIdentityFacts(ctx, permit, { identityId: handover.identityId, change: { ownerId: who.id } });
  await settleHandover(ctx.tx, handover.id, { state: 'accepted', by: who.id });
  await ctx.record(permit, {
    event: handoverAccepted,
    subject: handover.identityId,
    data: { handoverId: handover.id, identityId: handover.identityId, ownerId: who.id },
  });
  await answered(ctx, permit, handover, `${who.displayName} answers for it`);
  return await requireHandover(ctx.tx, handover.id);
}

/** Names somebody else to be asked: they answer for the time being, and the day by which it is to be accepted stays. */
export async function passHandover(
  ctx: Ctx,
  permit: Permit<'handover.settle'>,
  input: { readonly id: string; readonly to: string; readonly because: string },
): Promise<Handover> {
  const handover = await stillLive(ctx, input.id);
  const who = await requireAnswerer(ctx, input.to, handover.identityId, 'name a person who is here');
  const identity = await requireIdentity(ctx, handover.identityId);
  await setActing(ctx.tx, handover.id, who.id);
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change: { ownerId: who.id } });
  await ctx.record(permit, {
    event: handoverPassed,
    subject: identity.id,
    data: { handoverId: handover.id, identityId: identity.id, actingId: who.id, because: input.because },
  });
  const from = (await getIdentity(ctx.tx, handover.fromId))?.displayName ?? '';
  await tellAsked(ctx, permit, { id: identity.id, name: identity.displayName, fromName: from }, who.id, handover.dueAt);
  return await requireHandover(ctx.tx, handover.id);
}

/**
 * Names who answers for an identity. Administrators name for good; whoever answers now asks somebody else, and answers
 * on until that one accepts. Refused where a source that decides names somebody who is here.
 */
export async function setOwner(
  ctx: Ctx,
  permit: Permit<'identity.set_owner'>,
  input: { readonly identityId: string; readonly ownerId: string; readonly because: string },
): Promise<{ readonly asked: boolean }> {
  await holdIdentities(ctx.tx, [input.identityId]);
  const identity = await requireIdentity(ctx, input.identityId);
  if (identity.kind === 'person')
    throw conflict('owner.of_a_person', `${identity.displayName} is a person and answers for themselves`);
  if (identity.state === 'leaver') throw hasEnded(identity);
  const who = await requireAnswerer(ctx, input.ownerId, identity.id, 'name a person who is here');
  const [source] = (await decidingSources(ctx.tx, identity.id)).filter(
    (one) => one.managerId !== null && one.managerState === 'active' && one.managerId !== who.id,
  );
  if (source !== undefined && identity.kind === 'vendor')
    throw conflict(
      'owner.source_decides',
      `${source.name} says who sponsors ${identity.displayName}, in its row ${source.externalId}`,
      `have it changed in ${source.name}`,
    );
  if (identity.ownerId === permit.principal.id && who.id !== permit.principal.id)
    return await offer(ctx, permit, identity, who, input.because);
  await changeIdentityFacts(ctx, permit, { identityId: identity.id, change: { ownerId: who.id } });
  await ctx.record(permit, {
    event: identityOwnerSet,
    subject: identity.id,
    data: {
      identityId: identity.id,
      from: identity.ownerId ?? undefined,
      ownerId: who.id,
      because: input.because,
    },
  });
  await replaceHandover(ctx, permit, identity.id, who.id);
  return { asked: false };
}

/** Whatever is asked of somebody else about an identity is over: it has an owner who is here. */
export async function replaceHandover(ctx: Ctx, permit: Permit, identityId: string, ownerId: string): Promise<void> {
  const handover = await liveHandover(ctx.tx, identityId);
  if (handover === undefined) return;
  await settleHandover(ctx.tx, handover.id, { state: 'replaced' });
  await ctx.record(permit, {
    event: handoverReplaced,
    subject: identityId,
    data: { handoverId: handover.id, identityId, ownerId },
  });
  await answered(ctx, permit, handover, 'it has an owner again');
}

async function offer(
  ctx: Ctx,
  permit: Permit<'identity.set_owner'>,
  identity: Identity,
  who: Identity,
  because: string,
): Promise<{ asked: boolean }> {
  if ((await liveHandover(ctx.tx, identity.id)) !== undefined)
    throw conflict(
      'handover.is_open',
      `somebody is asked to answer for ${identity.displayName} already`,
      'pass that handover on instead',
    );
  const { handoverDays } = await readTerms(ctx.tx);
  const one = {
    id: newId(ctx.now.getTime()),
    identityId: identity.id,
    fromId: permit.principal.id,
    actingId: who.id,
    because: 'offered' as const,
    askedAt: ctx.now,
    dueAt: new Date(ctx.now.getTime() + handoverDays * DAY_MS),
  };
  await insertHandover(ctx.tx, one);
  const { id: handoverId, identityId, fromId, actingId, because: cause } = one;
  await ctx.record(permit, {
    event: handoverOpened,
    subject: identityId,
    data: { handoverId, identityId, fromId, actingId, cause, dueAt: one.dueAt.toISOString() },
  });
  await ctx.record(permit, {
    event: handoverPassed,
    subject: identityId,
    data: { handoverId, identityId, actingId, because },
  });
  const from = (await getIdentity(ctx.tx, fromId))?.displayName ?? '';
  await tellAsked(ctx, permit, { id: identityId, name: identity.displayName, fromName: from }, actingId, one.dueAt);
  return { asked: true };
}

async function answered(ctx: Ctx, permit: Permit, handover: Handover, because: string): Promise<void> {
  await settleItems(ctx.tx, { what: ['handed_over'], subjectId: handover.identityId, proven: false });
  await resume(ctx, permit, { identityId: handover.identityId, handoverId: handover.id, because });
}

async function stillLive(ctx: Ctx, id: string): Promise<Handover> {
  const { identityId } = await requireHandover(ctx.tx, id);
  await holdIdentities(ctx.tx, [identityId]);
  const live = await liveHandover(ctx.tx, identityId);
  if (live?.id !== id)
    throw conflict('handover.is_settled', 'this handover is settled already', 'look who answers for it now');
  return live;
}

async function requireIdentity(ctx: Ctx, id: string): Promise<Identity> {
  const found = await getIdentity(ctx.tx, id);
  if (found === undefined) throw notFound('identity', id);
  return found;
}

/** Somebody who can answer for an identity, and is not that identity nor answered for by it. */
export async function requireAnswerer(ctx: Ctx, id: string, identityId: string, fix: string): Promise<Identity> {
  const who = await getIdentity(ctx.tx, id);
  if (!canAnswer(who) || who.id === identityId)
    throw invalid('/owner', 'cannot answer for it: it is no person who is here', fix);
  return who;
}

export const hasEnded = (identity: Identity): Error =>
  conflict('identity.has_left', `${identity.displayName} has left`, 'make a new one, or have them come back first');
