import type { Permit } from '#spine/decide/port.ts';
import {
  changeIdentityFacts,
  changeSystem,
  describeEntitlement,
  describeRole,
  endGrants,
  linkAccount,
  startGrant,
  unlinkAccount,
  type IdentityFacts,
} from '#spine/graph/index.ts';
import { sql } from '#kit/db/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { join } from '../consequences/come-and-move.ts';
import type { Charges, GrantPiece, Piece } from './model.ts';

/** Why, as events and rows say it in clear. */
export type Because = 'merged' | 'split';

const WORDS: Readonly<Record<Because, string>> = {
  merged: 'its owner turned out to be the same person',
  split: 'its owner turned out to be somebody else',
};

/** Makes accounts somebody's whose they were not. The history names the owner of then. */
export async function carryAccounts(
  ctx: Ctx,
  permit: Permit,
  input: { readonly accounts: readonly Pick<Piece, 'id'>[]; readonly to: string; readonly because: Because },
): Promise<void> {
  for (const { id: accountId } of input.accounts) {
    await unlinkAccount(ctx, permit, { accountId, because: WORDS[input.because] });
    await linkAccount(ctx, permit, { accountId, identityId: input.to, because: WORDS[input.because] });
  }
}

/** A grant to be started for somebody else, and whether the one it is made from ends. */
export interface GrantToCarry {
  readonly grant: GrantPiece;
  /** Never later than the end of the grant it is made from. */
  readonly validTo: Date | null;
}

/**
 * Starts an equal grant for each: the same thing, cause and reason, from now or when it was to begin, until the same
 * end. They start before the others end, so that no target is told to take away what stays. Returns new ids by old.
 */
export async function startEqual(
  ctx: Ctx,
  permit: Permit,
  input: { readonly grants: readonly GrantToCarry[]; readonly to: string; readonly because: Because },
): Promise<ReadonlyMap<string, string>> {
  const started = new Map<string, string>();
  for (const { grant, validTo } of input.grants) {
    const { id } = await startGrant(ctx, permit, {
      identityId: input.to,
      entitlementId: grant.entitlementId ?? undefined,
      roleId: grant.roleId ?? undefined,
      validFrom: grant.validFrom > ctx.now ? grant.validFrom : undefined,
      validTo: validTo ?? undefined,
      origin: grant.origin,
      originId: grant.originId ?? undefined,
      reason: grant.reason ?? WORDS[input.because],
      said: `${input.because}: goes on from grant ${grant.id}`,
      goesOnFrom: grant.id,
    });
    started.set(grant.id, id);
  }
  return started;
}

/** Which grant goes on as which, as events say it. */
export const goesOnAs = (started: ReadonlyMap<string, string>): { from: string; to: string }[] =>
  [...started].map(([from, to]) => ({ from, to }));

/** Ends grants because what they gave goes on elsewhere, or nowhere. */
export const endCarried = (
  ctx: Ctx,
  permit: Permit,
  grants: readonly Pick<Piece, 'id'>[],
  because: Because,
): Promise<string[]> => endGrants(ctx, permit, { because, grants: grants.map((g) => ({ grantId: g.id })) });

/** What one answered for, the other answers for from now on. */
export async function carryCharges(ctx: Ctx, permit: Permit, charges: Charges, to: string): Promise<void> {
  for (const { id } of charges.reports)
    if (id !== to) await changeIdentityFacts(ctx, permit, { identityId: id, change: { managerId: to } });
  for (const { id } of charges.owned)
    if (id !== to) await changeIdentityFacts(ctx, permit, { identityId: id, change: { ownerId: to } });
  for (const { id } of charges.entitlements) await describeEntitlement(ctx, permit, { entitlementId: id, ownerId: to });
  for (const { id } of charges.roles) await describeRole(ctx, permit, { roleId: id, ownerId: to });
  for (const { id } of charges.systems) await changeSystem(ctx, permit, { systemId: id, ownerId: to });
}

/** Changes facts; who had left and works here again by them is back, with a receipt. */
export async function putFacts(
  ctx: Ctx,
  permit: Permit,
  input: {
    readonly identityId: string;
    readonly before: Pick<IdentityFacts, 'state'>;
    readonly change: Partial<IdentityFacts>;
    /** The two it is about: a username of whoever turned out to be one of them is given up for it. */
    readonly same: readonly string[];
    readonly because: Because;
  },
): Promise<void> {
  const { identityId, before, change } = input;
  if (Object.keys(change).length === 0) return;
  if (typeof change.username === 'string') await giveUpUsername(ctx, permit, change.username, input.same);
  await changeIdentityFacts(ctx, permit, { identityId, change });
  if (before.state === 'leaver' && change.state !== undefined && change.state !== 'leaver')
    await join(ctx, permit, 'returned', [{ identityId, effectiveAt: ctx.now, because: WORDS[input.because] }]);
}

/** Decisions of people that a row or an account is somebody's, not carried out yet, name who that is now. */
export const carryCases = async (ctx: Ctx, from: string, to: string): Promise<number> =>
  await ctx.tx.run(sql`update source_case set identity_id = ${to} where identity_id = ${from} and state = 'linked'`);

async function giveUpUsername(ctx: Ctx, permit: Permit, username: string, same: readonly string[]): Promise<void> {
  const held = await ctx.tx.many<{ identityId: string }>(sql`
    select m.duplicate_id as identity_id from identity_merge m join identity_facts f on f.identity_id = m.duplicate_id
     where m.now_id = any(${[...same]}::uuid[]) and m.undone_at is null and lower(f.username) = lower(${username})
       and (f.valid_to is null or f.valid_to > ${ctx.now})`);
  for (const { identityId } of held) await changeIdentityFacts(ctx, permit, { identityId, change: { username: null } });
}
