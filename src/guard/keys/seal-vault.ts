import type { RootKeyInReach } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { AppError, conflict, invalid } from '#kit/errors/index.ts';
import { tellRings, type KeyRing } from '#kit/key-ring/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { RecordedRefusal, type Ctx } from '#spine/operations/index.ts';
import { shareEntered, shareRefused, vaultSealed, vaultUnsealed } from './events.ts';

/**
 * Seals the vault on every node: this one as soon as it is recorded, the others when they hear of it, a moment later.
 * What is being opened meanwhile is not told any more. Stays so, also through a restart, until somebody unseals it.
 */
export async function sealVault(ctx: Ctx, permit: Permit, ring: KeyRing, because: string): Promise<void> {
  const changed = await ctx.tx.run(sql`
    update key_ring set sealed_at = ${ctx.now}, sealed_because = ${because} where name = ${ring.name} and sealed_at is null`);
  if (changed === 0) throw conflict('vault.sealed_already', 'the vault is sealed already');
  await ctx.record(permit, { event: vaultSealed, subject: ctx.principal.id, data: { because } });
  await tellRings(ctx.tx);
  ctx.tx.afterCommit(() => ring.close('sealed', because));
}

/** What came of an attempt to unseal. */
export interface Unsealing {
  readonly state: 'open' | 'waiting';
  readonly entered: number;
  readonly needed: number;
}

/**
 * Unseals the vault whose root key asks nobody: a file, a token. Throws `vault.wants_shares` (409) for one in shares,
 * and what `refresh` throws where the key is out of reach, before anything is changed.
 */
export async function unsealVault(
  ctx: Ctx,
  permit: Permit,
  edges: { readonly ring: KeyRing; readonly node: string },
): Promise<Unsealing> {
  const { ring, node } = edges;
  const { root } = ring;
  if (root?.place === 'shamir')
    throw conflict(
      'vault.wants_shares',
      'the root key is in shares',
      'enter them one at a time: reeve vault enter-share',
    );
  if (ring.state === 'open') throw conflict('vault.open', 'the vault is not sealed');
  await ctx.tx.run(sql`update key_ring set sealed_at = null, sealed_because = null where name = ${ring.name}`);
  await ctx.record(permit, { event: vaultUnsealed, data: { node, rootKeyId: root?.id ?? '' } });
  await tellRings(ctx.tx);
  ctx.tx.afterCommit(() => ring.refresh());
  return { state: 'open', entered: 0, needed: 0 };
}

/**
 * Takes one share towards opening the vault on this node; the last that is needed opens it. A share of another key, a
 * mistyped one and no share at all are refused, counted for nothing, and on the record.
 */
export async function enterShare(
  ctx: Ctx,
  permit: Permit,
  edges: { readonly ring: KeyRing; readonly node: string },
  typed: string,
): Promise<Unsealing> {
  const { ring, node } = edges;
  const { root } = ring;
  if (root?.place !== 'shamir')
    throw conflict('vault.wants_no_shares', 'the root key is not in shares', 'unseal it: reeve vault unseal');
  if (ring.state === 'open') throw conflict('vault.open', 'the vault is not sealed');
  const { entered, needed, key } = await ring.shares.enter(root, typed).catch((error: unknown) => {
    throw error instanceof AppError ? refusedShare(error, node) : error;
  });
  try {
    await ctx.record(permit, { event: shareEntered, data: { rootKeyId: root.id, entered, needed, node } });
    if (key === undefined) return { state: 'waiting', entered, needed };
    await ctx.tx.run(sql`update key_ring set sealed_at = null, sealed_because = null where name = ${ring.name}`);
    await ctx.record(permit, { event: vaultUnsealed, data: { node, rootKeyId: root.id } });
    await tellRings(ctx.tx);
    ctx.tx.afterCommit(() => openAfter(ring, key));
    return { state: 'open', entered, needed };
  } catch (error) {
    await key?.close();
    throw error;
  }
}

const openAfter = (ring: KeyRing, key: RootKeyInReach): Promise<void> => ring.openWith(key);

function refusedShare(error: AppError, node: string): RecordedRefusal {
  const { code, status, message: detail, fix, errors } = error;
  const leaves = [{ event: shareRefused, data: { code, node } }];
  return new RecordedRefusal({ code, status, detail, fix, errors, leaves: leaves as never });
}

/** Reads how many shares open and who holds them. Throws 422 for what no split can be. */
export function requireSplit(holders: readonly string[], threshold: number | undefined): number {
  if (holders.length < 2) throw invalid('/holders', 'shares are for two people at least', 'name who is to hold one');
  if (new Set(holders).size !== holders.length)
    throw invalid('/holders', 'names somebody twice', 'give nobody two shares');
  if (threshold === undefined || threshold < 2 || threshold > holders.length)
    throw invalid('/threshold', `is between 2 and ${holders.length}`, 'say how many shares open the vault');
  return threshold;
}
