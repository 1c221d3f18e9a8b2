import { AppError, conflict, invalid } from '#kit/errors/index.ts';
import { newId } from '#kit/ids/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { requireSource } from '../sources/store.ts';
import { carrySplit, type SplitDone } from './carry-split.ts';
import { piecesOf, requireIdentity } from './find-pieces.ts';
import { holdEverything } from './hold-everything.ts';
import type { GrantPiece, Pieces, RecordPiece } from './model.ts';
import { planSplit, type SplitPlan } from './plan-split.ts';

/** What of an identity is somebody else's, who is made. */
export interface SplitAsked {
  readonly identity: string;
  readonly displayName: string;
  readonly accountIds: readonly string[];
  readonly grantIds: readonly string[];
  readonly records: readonly { readonly source: string; readonly externalId: string }[];
}

/** What a split would do, by the same plan. */
export async function previewSplit(ctx: Ctx, input: SplitAsked): Promise<SplitPlan> {
  return await plan(ctx, input);
}

/**
 * Makes two of one identity: what is named goes to somebody new, and everything else stays. Nothing of the past
 * changes. Throws the plan's first refusal.
 */
export async function splitIdentity(
  ctx: Ctx,
  permit: Permit<'identity.split'>,
  input: SplitAsked & { readonly because: string },
): Promise<SplitDone> {
  await holdEverything(ctx.tx, [(await requireIdentity(ctx.tx, input.identity)).id]);
  const planned = await plan(ctx, input);
  const [refusal] = planned.refusals;
  if (refusal !== undefined) throw refusal;
  return await carrySplit(ctx, permit, planned, { because: input.because });
}

async function plan(ctx: Ctx, input: SplitAsked): Promise<SplitPlan> {
  const { tx } = ctx;
  if (input.accountIds.length + input.grantIds.length + input.records.length === 0)
    throw invalid('/accountIds', 'name what is somebody else’s', 'an account, a grant or a row of a source');
  const from = await piecesOf(tx, await requireIdentity(tx, input.identity));
  const refusals: AppError[] = [];
  const named = <T>(all: readonly T[], is: (piece: T) => boolean, what: string): T[] => {
    const found = all.find(is);
    if (found !== undefined) return [found];
    refusals.push(
      conflict('identity.split_not_theirs', `${what} is not ${from.identity.displayName}'s`, 'name what is theirs now'),
    );
    return [];
  };
  const accounts = unique(input.accountIds).flatMap((id) => named(from.accounts, (a) => a.id === id, `account ${id}`));
  const grants = unique(input.grantIds).flatMap((id) =>
    named(from.grants, (g) => g.id === id && lives(g, ctx.now), `grant ${id}`),
  );
  const records: RecordPiece[] = [];
  for (const { source: name, externalId } of input.records) {
    const source = await requireSource(tx, name);
    const [found] = named(
      from.records,
      (r) => r.sourceId === source.id && r.externalId === externalId,
      `${source.name} ${externalId}`,
    );
    if (found === undefined || records.includes(found)) continue;
    if (records.some((r) => r.sourceId === found.sourceId))
      refusals.push(
        conflict(
          'identity.split_twice',
          `two rows of ${source.name} go to one person`,
          'split them one after the other',
        ),
      );
    records.push(found);
  }
  return await planSplit(ctx, {
    from,
    put: {},
    other: somebodyNew(from, input.displayName),
    going: {
      accounts,
      records,
      grants: grants.map((grant) => ({ grant, validTo: grant.validTo, ends: true })),
      charges: { reports: [], owned: [], entitlements: [], roles: [], systems: [] },
    },
    refusals,
  });
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

const lives = (grant: GrantPiece, now: Date): boolean => !grant.gone && (grant.validTo === null || grant.validTo > now);

/** Somebody of the same kind and state, of whom only the name is known. */
const somebodyNew = ({ identity }: Pieces, displayName: string): SplitPlan['other'] => ({
  id: newId(),
  isNew: true,
  kind: identity.kind,
  facts: {
    displayName,
    email: null,
    username: null,
    state: identity.state,
    department: null,
    jobTitle: null,
    orgUnit: null,
    managerId: null,
    ownerId: identity.ownerId,
    contractEnd: null,
    attributes: {},
  },
  put: {},
});
