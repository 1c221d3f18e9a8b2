import { sql, type Tx } from '#kit/db/index.ts';
import { invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { carryExceptions } from '#spine/decide/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { raiseSignal } from '#spine/events/index.ts';
import { changeIdentityFacts, identityMerged } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { identityMergeRepeated } from '../events.ts';
import { putAside } from '../precedence/leave-aside.ts';
import { FOLLOW_PUSH } from '../pushes/take-pushed.ts';
import { carryAccounts, carryCases, carryCharges, endCarried, goesOnAs, putFacts, startEqual } from './carry-over.ts';
import { requireIdentity } from './find-pieces.ts';
import { holdEverything } from './hold-everything.ts';
import type { Merge, MergePlan, Moved, RecordMove } from './model.ts';
import { planMerge } from './plan-merge.ts';
import { insertMerge, openMergeOf } from './store.ts';

/** Two identities by id or username: the first turns out to be the second. */
export interface MergeAsked {
  readonly duplicate: string;
  readonly survivor: string;
}

/** What a merge would do, by the same plan. */
export async function previewMerge(ctx: Ctx, input: MergeAsked): Promise<MergePlan> {
  return await planMerge(ctx, await whoIsMeant(ctx.tx, input));
}

/**
 * Makes one of two identities, from now on: the duplicate is the survivor, what it has goes over, and nothing of the
 * past changes. Asked again with the same two, it changes nothing. Throws the plan's first refusal.
 */
export async function mergeIdentities(
  ctx: Ctx,
  permit: Permit<'identity.merge'>,
  input: MergeAsked & { readonly because: string },
): Promise<Merge> {
  const { tx } = ctx;
  const asked = await whoIsMeant(tx, input);
  await holdEverything(tx, [asked.duplicate.id, asked.survivor.id]);
  const done = await openMergeOf(tx, asked.duplicate.id);
  if (done !== undefined && done.survivorId === asked.survivor.id) {
    await ctx.record(permit, { event: identityMergeRepeated, data: { mergeId: done.id } });
    return done;
  }
  // Looked at again now that nobody else changes them.
  const pair = await whoIsMeant(tx, { duplicate: asked.duplicate.id, survivor: asked.survivor.id });
  const plan = await planMerge(ctx, pair);
  const [refusal] = plan.refusals;
  if (refusal !== undefined) throw refusal;
  return await carryOut(ctx, permit, plan, input.because);
}

async function whoIsMeant(tx: Tx, { duplicate: from, survivor: to }: MergeAsked) {
  const [duplicate, survivor] = [await requireIdentity(tx, from), await requireIdentity(tx, to)];
  if (duplicate.id === survivor.id)
    throw invalid('/into', 'is the same identity', 'name the one that stays and the one that turned out to be it');
  return { duplicate, survivor };
}

async function carryOut(ctx: Ctx, permit: Permit, plan: MergePlan, because: string): Promise<Merge> {
  const [from, to] = [plan.duplicate.identity, plan.survivor.identity];
  const { charges } = plan.duplicate;
  await carryCharges(ctx, permit, charges, to.id);
  // A username is one identity's at a time: where the survivor takes it, the other gives it up first.
  const takes = plan.change.username?.toLowerCase() === from.username?.toLowerCase() && from.username !== null;
  await changeIdentityFacts(ctx, permit, {
    identityId: from.id,
    change: takes ? { state: 'leaver', username: null } : { state: 'leaver' },
  });
  await carryRecords(ctx.tx, plan.records, to.id);
  await putFacts(ctx, permit, {
    identityId: to.id,
    before: to,
    change: plan.change,
    same: [from.id, to.id],
    because: 'merged',
  });
  await carryAccounts(ctx, permit, { accounts: plan.accounts, to: to.id, because: 'merged' });
  const moving = plan.grants.filter((g) => g.what === 'moves');
  const started = await startEqual(ctx, permit, {
    grants: moving.map(({ grant }) => ({ grant, validTo: grant.validTo })),
    to: to.id,
    because: 'merged',
  });
  const all = plan.grants.map(({ grant }) => grant);
  await endCarried(ctx, permit, all, 'merged');
  const exceptions = await carryExceptions(ctx, permit, { from: from.id, to: to.id });
  await carryCases(ctx, from.id, to.id);
  const moved: Moved = {
    state: from.state,
    survivorState: to.state,
    facts: plan.facts.map((f) => f.fact),
    accounts: plan.accounts.map((a) => a.id),
    records: plan.duplicate.records.map(({ sourceId, externalId }) => ({ sourceId, externalId })),
    grants: plan.grants
      .filter((g) => g.what !== 'ends')
      .map(({ grant, same }) => ({
        from: grant.id,
        to: started.get(grant.id) ?? null,
        same,
        validTo: grant.validTo?.toISOString() ?? null,
      })),
    charges: {
      reports: idsOf(charges.reports),
      owned: idsOf(charges.owned),
      entitlements: idsOf(charges.entitlements),
      roles: idsOf(charges.roles),
      systems: idsOf(charges.systems),
    },
    exceptions,
  };
  const merge: Merge = {
    id: newId(ctx.now.getTime()),
    duplicateId: from.id,
    survivorId: to.id,
    mergedAt: ctx.now,
    moved,
  };
  await insertMerge(ctx.tx, { ...merge, because, by: ctx.principal.id });
  await raiseSignal(ctx.tx, {
    kind: 'lock_identity',
    subject: from.id,
    message: 'this identity turned out to be another; go on as that one',
  });
  await ctx.record(permit, {
    event: identityMerged,
    subject: to.id,
    data: {
      mergeId: merge.id,
      duplicateId: from.id,
      survivorId: to.id,
      counts: countsOf(plan),
      goesOn: goesOnAs(started),
      because,
    },
  });
  await enqueue(ctx.tx, FOLLOW_PUSH, { identityIds: [from.id, to.id] });
  return merge;
}

const idsOf = (pieces: readonly { readonly id: string }[]): string[] => pieces.map((p) => p.id);

/** How much of each a plan moves. */
const countsOf = (plan: MergePlan): Record<string, number> => ({
  accounts: plan.accounts.length,
  records: plan.records.filter((r) => r.what === 'moves').length,
  recordsPutAside: plan.records.filter((r) => r.what === 'put_aside').length,
  grants: plan.grants.filter((g) => g.what === 'moves').length,
  grantsEnded: plan.grants.filter((g) => g.what !== 'moves').length,
  charges: Object.values(plan.duplicate.charges).reduce((sum, pieces) => sum + pieces.length, 0),
});

/** What sources know the duplicate by, they know the survivor by from the next delivery on. */
async function carryRecords(tx: Tx, moves: readonly RecordMove[], to: string): Promise<void> {
  for (const { record, what } of moves)
    if (what === 'put_aside' && !record.aside) await putAside(tx, record.sourceId, record.externalId);
  for (const { record, what } of moves) {
    const { sourceId, externalId } = record;
    await tx.run(
      what === 'moves'
        ? sql`update source_record set identity_id = ${to}, digest = '\\x' where source_id = ${sourceId} and external_id = ${externalId}`
        : sql`update source_aside set identity_id = ${to} where source_id = ${sourceId} and external_id = ${externalId}`,
    );
  }
  // Which of them counts has changed: the next delivery of each looks at them anew.
  await tx.run(sql`update source_record set digest = '\\x' where identity_id = ${to}`);
}
