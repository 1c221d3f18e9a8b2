import { sql, type Tx } from '#kit/db/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { askNotice } from '#spine/events/index.ts';
import { changeIdentityFacts, getIdentity, holdIdentities } from '#spine/graph/index.ts';
import type { Ctx, JobCtx } from '#spine/operations/index.ts';
import { administrators } from '../consequences/tell.ts';
import { settleItems } from '../consequences/receipts.ts';
import { replaceHandover } from './answer.ts';
import { handoverLapsed, handoverWithdrawn } from './events.ts';
import { handOver } from './hand-over.ts';
import type { Handover } from './model.ts';
import { liveHandover, liveHandoversFrom, settleHandover } from './store.ts';
import { resume, suspend } from './suspend.ts';

/** Who is here again answers again for what nobody accepted meanwhile, and what was shut because of it opens. */
export async function takeBack(ctx: Ctx, permit: Permit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const handover of await liveHandoversFrom(ctx.tx, ids)) {
    await changeIdentityFacts(ctx, permit, {
      identityId: handover.identityId,
      change: { ownerId: handover.fromId },
    });
    await withdraw(ctx, permit, handover);
  }
}

async function withdraw(ctx: Ctx, permit: Permit, handover: Handover): Promise<void> {
  const { id: handoverId, identityId } = handover;
  await settleHandover(ctx.tx, handoverId, { state: 'withdrawn' });
  await ctx.record(permit, { event: handoverWithdrawn, subject: identityId, data: { handoverId, identityId } });
  await settleItems(ctx.tx, { what: ['handed_over'], subjectId: identityId, proven: false });
  await resume(ctx, permit, { identityId, handoverId, because: 'whoever answers for it is here again' });
}

/**
 * Looks after handovers: what was missed is handed over, what an owner who is here settles is settled, what its day has
 * come for lapses. One transaction a handover; safe to run twice and on two workers.
 */
export async function keepHandovers(job: JobCtx): Promise<void> {
  const missed = await job.db.tx((tx) => tx.maybe(MISSED(tx)));
  if (missed !== undefined) await job.act({ action: 'lifecycle.apply' }, (ctx, permit) => handOver(ctx, permit));
  const due = await job.db.tx((tx) =>
    tx.many<{ identityId: string }>(sql`
      select h.identity_id from handover h
        join identity_facts f on f.identity_id = h.identity_id and f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now})
        left join identity_facts o on o.identity_id = f.owner_id and o.valid_from <= ${tx.now} and (o.valid_to is null or o.valid_to > ${tx.now})
       where h.settled_at is null
         and (f.state = 'leaver' or h.state = 'open' and h.due_at <= ${tx.now}
              or o.state = 'active' and h.because <> 'offered' and f.owner_id is distinct from coalesce(h.acting_id, h.from_id))
       order by h.due_at limit 1000`),
  );
  for (const { identityId } of due)
    await job.act({ action: 'lifecycle.apply' }, (ctx, permit) => keepOne(ctx, permit, identityId));
}

const MISSED = (tx: Tx) => sql`
  select 1 from identity_facts f join identity i on i.id = f.identity_id
    join identity_facts o on o.identity_id = f.owner_id and o.valid_from <= ${tx.now} and (o.valid_to is null or o.valid_to > ${tx.now})
    left join handover h on h.identity_id = i.id and h.settled_at is null
   where f.valid_from <= ${tx.now} and (f.valid_to is null or f.valid_to > ${tx.now}) and f.owner_id is not null
     and i.kind <> 'person' and f.state <> 'leaver' and o.state not in ('active', 'pre_hire')
     and (h.id is null or h.from_id <> f.owner_id) limit 1`;

async function keepOne(ctx: Ctx, permit: Permit, identityId: string): Promise<void> {
  await holdIdentities(ctx.tx, [identityId]);
  const handover = await liveHandover(ctx.tx, identityId);
  const identity = await getIdentity(ctx.tx, identityId);
  if (handover === undefined || identity === undefined) return;
  if (identity.state === 'leaver') return await withdraw(ctx, permit, handover);
  const owner = identity.ownerId === null ? undefined : await getIdentity(ctx.tx, identity.ownerId);
  const meant = handover.because === 'offered' ? handover.fromId : (handover.actingId ?? handover.fromId);
  if (owner?.state === 'active' && owner.id !== meant) return await replaceHandover(ctx, permit, identityId, owner.id);
  if (handover.state !== 'open' || handover.dueAt > ctx.now) return;
  // Who only asked somebody else answers on.
  if (handover.because === 'offered' && owner?.state === 'active') return await withdraw(ctx, permit, handover);
  await lapse(ctx, permit, handover, identity.displayName);
}

/** Nobody accepted in time: it is suspended, with its accounts, its tokens and what it has out, and nothing is deleted. */
async function lapse(ctx: Ctx, permit: Permit, handover: Handover, name: string): Promise<void> {
  const { id: handoverId, identityId } = handover;
  await settleHandover(ctx.tx, handoverId, { state: 'lapsed' });
  await ctx.record(permit, { event: handoverLapsed, subject: identityId, data: { handoverId, identityId } });
  await suspend(ctx, permit, {
    identityId,
    handoverId,
    because: `nobody has accepted to answer for it by ${handover.dueAt.toISOString()}`,
    extent: { proofsEnd: true, message: 'nobody answers for this any more' },
  });
  const to = [...(handover.actingId === null ? [] : [handover.actingId]), ...(await administrators(ctx.tx))];
  await askNotice(ctx, permit, {
    to,
    about: identityId,
    template: 'handover.lapsed',
    path: '/answering',
    facts: { name },
  });
}
