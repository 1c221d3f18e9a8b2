import { conflict, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentity, type FactName, type Identity, type IdentityFacts } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { differingFacts } from '../runs/facts-of.ts';
import { carrySplit, type SplitDone } from './carry-split.ts';
import { factsIn } from './facts-of-records.ts';
import { grantsNamed, piecesOf, requireIdentity } from './find-pieces.ts';
import { holdEverything } from './hold-everything.ts';
import type { Charges, Merge, Piece, Pieces } from './model.ts';
import { planSplit, type Going, type SplitPlan } from './plan-split.ts';
import { openMergeOf } from './store.ts';

/** What taking a merge back would do, by the same plan. */
export async function previewUnmerge(ctx: Ctx, input: { readonly duplicate: string }): Promise<SplitPlan> {
  const duplicate = await requireIdentity(ctx.tx, input.duplicate);
  return await plan(ctx, duplicate, await requireMerge(ctx, duplicate));
}

/**
 * Takes a merge back: what went over goes back, as far as it is still the survivor's, and nothing that was taken away
 * meanwhile is given again. Throws the plan's first refusal.
 */
export async function unmergeIdentity(
  ctx: Ctx,
  permit: Permit<'identity.split'>,
  input: { readonly duplicate: string; readonly because: string },
): Promise<SplitDone> {
  const duplicate = await requireIdentity(ctx.tx, input.duplicate);
  const seen = await requireMerge(ctx, duplicate);
  await holdEverything(ctx.tx, [seen.duplicateId, seen.survivorId]);
  const merge = await requireMerge(ctx, duplicate);
  const planned = await plan(ctx, await requireIdentity(ctx.tx, duplicate.id), merge);
  const [refusal] = planned.refusals;
  if (refusal !== undefined) throw refusal;
  return await carrySplit(ctx, permit, planned, { because: input.because, merge });
}

async function requireMerge(ctx: Ctx, duplicate: Identity): Promise<Merge> {
  const merge = await openMergeOf(ctx.tx, duplicate.id);
  if (merge === undefined)
    throw conflict(
      'identity.not_merged',
      `${duplicate.displayName} was not merged into anybody`,
      'name the one that turned out to be another',
    );
  return merge;
}

async function plan(ctx: Ctx, duplicate: Identity, merge: Merge): Promise<SplitPlan> {
  const { tx } = ctx;
  const { moved, mergedAt } = merge;
  const survivor = await getIdentity(tx, merge.survivorId);
  if (survivor === undefined) throw notFound('identity', merge.survivorId);
  const from = await piecesOf(tx, survivor);
  const before = { at: new Date(mergedAt.getTime() - 1) };
  const then = await getIdentity(tx, duplicate.id, before);
  return await planSplit(ctx, {
    from,
    put: restored(survivor, {
      names: moved.facts,
      before: await getIdentity(tx, survivor.id, before),
      after: await getIdentity(tx, survivor.id, { at: mergedAt }),
    }),
    other: {
      id: duplicate.id,
      isNew: false,
      kind: duplicate.kind,
      facts: factsIn(duplicate),
      put: { state: moved.state, username: duplicate.username ?? then?.username ?? null },
    },
    going: await goingBack(ctx, from, merge),
    refusals: [],
  });
}

/** Facts the merge changed and nobody has changed since, as they were before it. */
function restored(
  now: IdentityFacts,
  of: {
    readonly names: readonly FactName[];
    readonly before: IdentityFacts | undefined;
    readonly after: IdentityFacts | undefined;
  },
): Partial<IdentityFacts> {
  const { names, before, after } = of;
  if (before === undefined || after === undefined) return {};
  const since = new Set(differingFacts(factsIn(after), factsIn(now)));
  return Object.fromEntries(names.filter((name) => !since.has(name)).map((name) => [name, before[name]]));
}

/** What the merge moved and the survivor still has. */
async function goingBack({ tx, now }: Ctx, from: Pieces, { moved }: Merge): Promise<Going> {
  const live = new Map(
    from.grants.filter((g) => !g.gone && (g.validTo === null || g.validTo > now)).map((g) => [g.id, g]),
  );
  const both = moved.grants.flatMap((m) => (m.same === null ? [] : [m.from]));
  const before = new Map((await grantsNamed(tx, both)).map((g) => [g.id, g]));
  const still = (all: readonly Piece[], ids: readonly string[]): Piece[] => all.filter((p) => ids.includes(p.id));
  const charges = Object.fromEntries(
    (Object.keys(from.charges) as (keyof Charges)[]).map((key) => [key, still(from.charges[key], moved.charges[key])]),
  ) as unknown as Charges;
  return {
    accounts: still(from.accounts, moved.accounts),
    records: from.records.filter((r) =>
      moved.records.some((m) => m.sourceId === r.sourceId && m.externalId === r.externalId),
    ),
    charges,
    grants: moved.grants.flatMap((m): Going['grants'][number][] => {
      const carried = m.to === null ? undefined : live.get(m.to);
      if (carried !== undefined) return [{ grant: carried, validTo: carried.validTo, ends: true }];
      // What both had: the survivor keeps theirs, and the other has theirs again while that one still holds.
      const same = m.same === null ? undefined : live.get(m.same);
      const own = before.get(m.from);
      if (same === undefined || own === undefined) return [];
      const validTo = earlier(m.validTo === null ? null : new Date(m.validTo), same.validTo);
      return validTo !== null && validTo <= now ? [] : [{ grant: own, validTo, ends: false }];
    }),
  };
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null ? b : b === null || a < b ? a : b);
