import { sql, type Tx } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { carryExceptions } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { createIdentity, identitySplit } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { leave } from '../consequences/leave.ts';
import { takeUp } from '../precedence/leave-aside.ts';
import { FOLLOW_PUSH } from '../pushes/take-pushed.ts';
import { carryAccounts, carryCharges, endCarried, goesOnAs, putFacts, startEqual } from './carry-over.ts';
import type { Merge } from './model.ts';
import type { SplitPlan } from './plan-split.ts';
import { undoMerge } from './store.ts';

/** The two after a split. */
export interface SplitDone {
  readonly identityId: string;
  readonly otherId: string;
}

/** Carries out a planned split; with `merge`, the one it takes back. */
export async function carrySplit(
  ctx: Ctx,
  permit: Permit,
  plan: SplitPlan,
  input: { readonly because: string; readonly merge?: Merge | undefined },
): Promise<SplitDone> {
  const { from, other, going } = plan;
  const { merge, because } = input;
  if (merge !== undefined) await undoMerge(ctx.tx, merge, { by: ctx.principal.id, because });
  if (other.isNew) await createIdentity(ctx, permit, { id: other.id, kind: other.kind, facts: other.facts });
  await carryRecords(ctx.tx, plan);
  const { identity } = from;
  const same = [identity.id, other.id];
  await putFacts(ctx, permit, {
    identityId: identity.id,
    before: identity,
    change: plan.change,
    same,
    because: 'split',
  });
  await putFacts(ctx, permit, {
    identityId: other.id,
    // Who was a leaver only because they were somebody else has not come back to work.
    before: { state: merge?.moved.state ?? other.facts.state },
    change: plan.otherChange,
    same,
    because: 'split',
  });
  await carryAccounts(ctx, permit, { accounts: going.accounts, to: other.id, because: 'split' });
  const works = (plan.otherChange.state ?? other.facts.state) !== 'leaver';
  const started = await startEqual(ctx, permit, {
    grants: works ? going.grants : [],
    to: other.id,
    because: 'split',
  });
  const ending = going.grants.filter((g) => g.ends).map((g) => g.grant);
  await endCarried(ctx, permit, ending, 'split');
  await carryCharges(ctx, permit, going.charges, other.id);
  if (merge !== undefined) {
    const only = merge.moved.exceptions.flatMap((e) => e.to ?? []);
    await carryExceptions(ctx, permit, { from: identity.id, to: other.id, only });
  }
  await ctx.record(permit, {
    event: identitySplit,
    subject: identity.id,
    data: {
      identityId: identity.id,
      otherId: other.id,
      mergeId: merge?.id,
      counts: {
        accounts: going.accounts.length,
        records: going.records.length,
        grants: started.size,
        grantsEnded: ending.length,
      },
      goesOn: goesOnAs(started),
      because,
    },
  });
  await leaveWhoLeft(ctx, permit, plan);
  await enqueue(ctx.tx, FOLLOW_PUSH, { identityIds: [identity.id, other.id] });
  return { identityId: identity.id, otherId: other.id };
}

/** Who worked here only by what went to the other has left, with all that follows. */
async function leaveWhoLeft(ctx: Ctx, permit: Permit, { from, change }: SplitPlan): Promise<void> {
  if (change.state !== 'leaver' || from.identity.state === 'leaver') return;
  await leave(ctx, permit, [
    { identityId: from.identity.id, effectiveAt: ctx.now, because: 'what said otherwise is somebody else’s' },
  ]);
}

async function carryRecords(tx: Tx, { from, other, going, takenUp }: SplitPlan): Promise<void> {
  for (const { sourceId, externalId, aside } of going.records) {
    if (aside) await takeUp(tx, sourceId, externalId, other.id);
    else
      await tx.run(sql`
        update source_record set identity_id = ${other.id}, digest = '\\x'
         where source_id = ${sourceId} and external_id = ${externalId}`);
  }
  for (const { sourceId, externalId } of takenUp) await takeUp(tx, sourceId, externalId);
  await tx.run(sql`update source_record set digest = '\\x' where identity_id = ${from.identity.id}`);
}
