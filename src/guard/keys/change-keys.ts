import {
  dropPrepared,
  makeRootKey,
  prepareRootKey,
  takeRootKey,
  type KeyRing,
  type NewRootKey,
} from '#kit/key-ring/index.ts';
import { enqueue } from '#kit/jobs/index.ts';
import { conflict, invalid, notFound } from '#kit/errors/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import { getIdentities } from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { ringOf, type KeyEdges } from './edges.ts';
import { rootKeyGivenUp, rootKeyPrepared, rootKeyTookOver, shareTaken } from './events.ts';
import { requireSplit } from './seal-vault.ts';
import { keepShares, takeShare } from './shares.ts';

export const MOVE_DATA_KEYS = 'keys.move_data_keys';

/** Where a root key is to be kept from now on. */
export interface Rekey {
  readonly ring: 'vault' | 'records';
  readonly place: 'file' | 'shamir' | 'pkcs11' | 'aws_kms';
  readonly holders: readonly string[];
  readonly threshold?: number | undefined;
}

/** Makes the root key before the transaction: a token may take its time. Throws 422 for what cannot be. */
export async function makeFor({ rings, places }: KeyEdges, input: Rekey): Promise<NewRootKey> {
  const ring = ringOf({ rings }, input.ring);
  ring.refuseSealed();
  if (input.place !== 'shamir') return await makeRootKey(ring, places, { place: input.place });
  if (input.ring === 'records')
    throw invalid(
      '/place',
      'Reeve keeps records while it is sealed too, so their root key asks nobody',
      'keep it in a file or in a token',
    );
  const threshold = requireSplit(input.holders, input.threshold);
  return await makeRootKey(ring, places, { place: 'shamir', shares: input.holders.length, threshold });
}

/** What a change of root keys has come to. */
export interface Rekeyed {
  readonly rootKeyId: string;
  readonly place: string;
  readonly state: 'prepared' | 'current';
  readonly generation: number | null;
}

/**
 * Puts a ring under a new root key. In a file or a token it takes over at once; in shares, once each holder took theirs:
 * until then the one before goes on, so that no share that never arrived can lock anybody out.
 */
export async function changeRootKey(
  edges: KeyEdges,
  ctx: Ctx,
  permit: Permit,
  input: Rekey,
  made: NewRootKey,
): Promise<Rekeyed> {
  const ring = ringOf(edges, input.ring);
  const { key, place, shares, settings } = made;
  try {
    await requirePeople(ctx, input.place === 'shamir' ? input.holders : []);
    await prepareRootKey(ctx.tx, ring, made);
    await ctx.record(permit, {
      event: rootKeyPrepared,
      data: {
        ring: ring.name,
        rootKeyId: key.id,
        place,
        shares: shares.length === 0 ? null : shares.length,
        threshold: settings.threshold ?? null,
      },
    });
    if (place !== 'shamir') return { ...(await takeOver(ctx, permit, ring, place)), state: 'current' };
    const { keys } = edges.rings;
    const each = shares.map((share, i) => ({ share, holderId: input.holders[i] ?? '' }));
    await keepShares(ctx.tx, keys, { ring: ring.name, rootKey: key.id }, each);
    return { rootKeyId: key.id, place, state: 'prepared', generation: null };
  } finally {
    await key.close();
  }
}

async function requirePeople(ctx: Ctx, holders: readonly string[]): Promise<void> {
  const found = new Map((await getIdentities(ctx.tx, [...holders])).map((one) => [one.id, one]));
  for (const [i, id] of holders.entries()) {
    const one = found.get(id);
    if (one === undefined) throw notFound('identity', id);
    if (one.kind !== 'person' || one.state !== 'active')
      throw invalid(`/holders/${i}`, `${one.displayName} cannot hold a share`, 'name a person who is active');
  }
}

async function takeOver(
  ctx: Ctx,
  permit: Permit,
  ring: KeyRing,
  place: string,
): Promise<{ rootKeyId: string; place: string; generation: number }> {
  const { id, generation } = await takeRootKey(ctx.tx, ring);
  await ctx.record(permit, {
    event: rootKeyTookOver,
    data: { ring: ring.name, rootKeyId: id, place, generation },
  });
  await enqueue(ctx.tx, MOVE_DATA_KEYS, {}, { key: MOVE_DATA_KEYS });
  ctx.tx.afterCommit(() => ring.refresh());
  return { rootKeyId: id, place, generation };
}

/** Hands the asker their share; with the last one the root key takes over. */
export async function takeOwnShare(
  edges: KeyEdges,
  ctx: Ctx,
  permit: Permit,
): Promise<{ share: string; left: number }> {
  const { share, ring: name, rootKey, left } = await takeShare(ctx.tx, edges.rings.keys, ctx.principal.id);
  const ring = ringOf(edges, name === 'records' ? 'records' : 'vault');
  await ctx.record(permit, {
    event: shareTaken,
    data: { ring: name, rootKeyId: rootKey, holderId: ctx.principal.id, left },
  });
  if (left === 0) await takeOver(ctx, permit, ring, 'shamir');
  return { share, left };
}

/** Gives up a root key whose shares are not all with their holders. Throws 409 where there is none. */
export async function cancelRekey(ctx: Ctx, permit: Permit, ring: KeyRing): Promise<{ rootKeyId: string }> {
  const id = await dropPrepared(ctx.tx, ring);
  if (id === undefined)
    throw conflict('root_key.is_not_prepared', 'no change of the root key waits', 'see reeve vault status');
  await ctx.record(permit, { event: rootKeyGivenUp, data: { ring: ring.name, rootKeyId: id } });
  ctx.tx.afterCommit(() => ring.refresh());
  return { rootKeyId: id };
}
