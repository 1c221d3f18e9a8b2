import type { Tx } from '#kit/db/index.ts';
import { conflict, type AppError } from '#kit/errors/index.ts';
import { survivorsOf, type Identity, type IdentityFacts, type IdentityKind } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { GrantToCarry } from './carry-over.ts';
import { factsIn, factsOfRecords } from './facts-of-records.ts';
import { refusalsOfRuns } from './hold-everything.ts';
import type { Charges, Piece, Pieces, RecordPiece } from './model.ts';
import { refusalsOfAsker, refusalsOfManaged } from './plan-merge.ts';

/** What goes from one identity to the other. */
export interface Going {
  readonly accounts: readonly Piece[];
  readonly records: readonly RecordPiece[];
  /** `ends` false: the one it goes from keeps its own. */
  readonly grants: readonly (GrantToCarry & { readonly ends: boolean })[];
  readonly charges: Charges;
}

/** Who it goes to: somebody new, or whoever turned out not to be the other after all. */
export interface Other {
  readonly id: string;
  readonly isNew: boolean;
  readonly kind: IdentityKind;
  /** As they are now; of somebody new, as they are made. */
  readonly facts: IdentityFacts;
  /** What is put back beside what records say. */
  readonly put: Partial<IdentityFacts>;
}

/** All that a split does, before it does it. */
export interface SplitPlan {
  readonly from: Pieces;
  readonly other: Other;
  readonly going: Going;
  /** Second rows of a source that are read again, because the first one goes. */
  readonly takenUp: readonly RecordPiece[];
  readonly change: Partial<IdentityFacts>;
  readonly otherChange: Partial<IdentityFacts>;
  readonly refusals: readonly AppError[];
}

/** Plans what becomes of both when something goes from one identity to another. Reads, and changes nothing. */
export async function planSplit(
  ctx: Pick<Ctx, 'tx' | 'now' | 'principal'>,
  input: {
    readonly from: Pieces;
    /** What is put back of the one it goes from, beside what records say. */
    readonly put: Partial<IdentityFacts>;
    readonly other: Other;
    readonly going: Going;
    readonly refusals: readonly AppError[];
  },
): Promise<SplitPlan> {
  const { from, other, going } = input;
  const { tx } = ctx;
  const takenUp = secondRows(from, going);
  const left = from.records.filter((r) => !r.aside && !going.records.includes(r));
  const same = [from.identity.id, other.id];
  const change = await factsOfRecords(
    tx,
    from.identity,
    going.records.length === 0 ? [] : [...left, ...takenUp].map((r) => r.said),
    { same, put: input.put },
  );
  const wanted = await factsOfRecords(
    tx,
    other.facts,
    going.records.map((r) => r.said),
    { same, put: other.put },
  );
  const otherChange = withoutNameOf({ ...factsIn(from.identity), ...change }, wanted);
  const state = otherChange.state ?? other.facts.state;
  return {
    from,
    other,
    going,
    takenUp,
    change,
    otherChange,
    refusals: [
      ...input.refusals,
      ...(await refusalsOfSplit(ctx, from.identity, other)),
      ...refusalsOfManaged(ctx.principal, going.charges),
      ...(await refusalsOfRuns(tx, same)),
      ...(other.isNew && state === 'leaver' && going.grants.length > 0
        ? [conflict('identity.split_leaver', 'whoever is split off has left', 'leave the grants out')]
        : []),
    ],
  };
}

/** For each source whose row goes, one that was put aside is read instead, where there is one. */
function secondRows(from: Pieces, going: Going): RecordPiece[] {
  const found = new Map<string, RecordPiece>();
  for (const gone of going.records.filter((r) => !r.aside)) {
    const aside = from.records.filter((r) => r.aside && r.sourceId === gone.sourceId && !going.records.includes(r));
    const [first] = [...aside].sort((a, b) => Number(b.present) - Number(a.present));
    if (first !== undefined) found.set(gone.sourceId, first);
  }
  return [...found.values()];
}

/** A username stays with who has it. */
function withoutNameOf(kept: IdentityFacts, change: Partial<IdentityFacts>): Partial<IdentityFacts> {
  if (typeof change.username !== 'string' || kept.username?.toLowerCase() !== change.username.toLowerCase())
    return change;
  const { username: _, ...rest } = change;
  return rest;
}

async function refusalsOfSplit(
  { tx, principal }: { readonly tx: Tx; readonly principal: Ctx['principal'] },
  from: Identity,
  other: Other,
): Promise<AppError[]> {
  const about = other.isNew ? [from] : [from, { ...other.facts, id: other.id }];
  const refusals = await refusalsOfAsker(tx, principal, about);
  const now = (await survivorsOf(tx, [from.id])).get(from.id);
  if (now !== undefined)
    refusals.push(
      conflict(
        'identity.merged_already',
        `${from.displayName} is ${now.displayName} (${now.identityId}) since ${now.since.toISOString()}`,
        'split that one, or take that merge back first',
      ),
    );
  return refusals;
}
