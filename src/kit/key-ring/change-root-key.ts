import {
  makeKmsKey,
  makeTokenKey,
  randomSecret,
  readKeyFile,
  rootKeyInMemory,
  splitKey,
  wipe,
  type RootKeyInReach,
  type RootKeyPlace,
} from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { AppError, conflict } from '#kit/errors/index.ts';
import type { KeyRing } from './key-ring.ts';
import { tellRings } from './follow-rings.ts';
import { kmsOf, pathOfKeyFile, tokenOf, type RootKeyPlaces } from './reach-root-key.ts';
import { insertRingKey, insertRootKey, insertWrap, wrapContext, type RootKeySettings } from './store.ts';

/** A root key that was just made and that nothing hangs on yet. */
export interface NewRootKey {
  readonly place: RootKeyPlace;
  readonly key: RootKeyInReach;
  readonly settings: RootKeySettings;
  /** Of a root key in shares: each to be handed to its holder. */
  readonly shares: readonly string[];
}

/**
 * Makes a root key where it is to be kept, before anything is wrapped by it: left over by a crash, it is a key nothing
 * hangs on. The key is the caller's to close.
 */
export async function makeRootKey(
  ring: KeyRing,
  places: RootKeyPlaces,
  where: { readonly place: RootKeyPlace; readonly shares?: number; readonly threshold?: number },
): Promise<NewRootKey> {
  if (where.place === 'pkcs11')
    return { place: 'pkcs11', key: await makeTokenKey(tokenOf(places)), settings: {}, shares: [] };
  if (where.place === 'aws_kms')
    return { place: 'aws_kms', key: await makeKmsKey(kmsOf(places)), settings: {}, shares: [] };
  if (where.place === 'file') return await makeKeyFile(ring, places);
  const { shares: count = 0, threshold = 0 } = where;
  const secret = randomSecret(32);
  const { shares, digests } = await splitKey(secret, { shares: count, threshold });
  return { place: 'shamir', key: rootKeyInMemory(secret), settings: { threshold, shares: digests }, shares };
}

async function makeKeyFile(ring: KeyRing, places: RootKeyPlaces): Promise<NewRootKey> {
  const file = `${ring.name}-${randomSecret(8).toString('hex')}.key`;
  const { secret } = await readKeyFile(pathOfKeyFile(places, file), { create: true });
  return { place: 'file', key: rootKeyInMemory(secret), settings: { file }, shares: [] };
}

/**
 * Wraps every generation of the ring by a new root key, and a further generation that everything is put under. Nothing
 * changes for whoever reads and writes. Throws `vault.sealed`, and `root_key.is_being_changed` (409) while another
 * change is not over.
 */
export async function prepareRootKey(tx: Tx, ring: KeyRing, made: NewRootKey): Promise<void> {
  ring.refuseSealed();
  await lockRing(tx, ring);
  const busy = await tx.maybe<{ state: string }>(
    sql`select state from ring_key where ring = ${ring.name} and state in ('prepared', 'announced')`,
  );
  if (busy !== undefined) {
    throw conflict(
      'root_key.is_being_changed',
      busy.state === 'prepared'
        ? 'the shares of a new root key are not all with their holders yet'
        : 'the keys still move to the root key that was chosen last',
      busy.state === 'prepared' ? 'wait for them, or give that up: reeve vault rekey-cancel' : 'wait a minute',
    );
  }
  const { number } = await tx.one<{ number: number }>(sql`
    update key_ring set last_generation = last_generation + 1 where name = ${ring.name} returning last_generation as number`);
  const next = ring.generations.make(number);
  if (next === undefined) throw ring.refusal();
  try {
    const at = tx.now;
    const { key, place, settings } = made;
    await insertRootKey(tx, ring.name, { id: key.id, place, settings, state: 'prepared', at });
    await insertRingKey(tx, ring.name, { generation: number, state: 'prepared', handedOn: next.handedOn, at });
    for (const one of [...(await inUse(tx, ring)), next]) {
      const wrapped = await key.wrap(one.secret, wrapContext(ring.name, one.number, key.id));
      await insertWrap(tx, ring.name, { generation: one.number, rootKey: key.id, wrapped });
    }
    await tellRings(tx);
  } finally {
    wipe(next.secret);
  }
}

/** Every generation in use, with its secret. Throws where this node has not all of them. */
async function inUse(tx: Tx, ring: KeyRing): Promise<readonly { readonly number: number; readonly secret: Buffer }[]> {
  const rows = await tx.many<{ generation: number }>(
    sql`select generation from ring_key where ring = ${ring.name} and state in ('current', 'opening')`,
  );
  const held = new Map([...ring.generations.each()].map((one) => [one.number, one]));
  return rows.map(({ generation }) => {
    const one = held.get(generation);
    if (one === undefined) throw notReady('this node has not every key of the ring yet', 'try again in a few seconds');
    return one;
  });
}

/** Lets the prepared root key take over. What the one before wrapped is gone with it. */
export async function takeRootKey(
  tx: Tx,
  ring: KeyRing,
): Promise<{ readonly id: string; readonly generation: number }> {
  await lockRing(tx, ring);
  await tx.run(sql`
    update root_key set state = 'former' where ring = ${ring.name} and state = 'current'`);
  const { id } = await tx.one<{ id: string }>(sql`
    update root_key set state = 'current', current_since = ${tx.now} where ring = ${ring.name} and state = 'prepared' returning id`);
  const { generation } = await tx.one<{ generation: number }>(sql`
    update ring_key set state = 'announced' where ring = ${ring.name} and state = 'prepared' returning generation`);
  await refuseUnwrapped(tx, ring, id);
  await tx.run(sql`delete from ring_key_wrap where ring = ${ring.name} and root_key <> ${id}`);
  await tellRings(tx);
  return { id, generation };
}

/** INVARIANT: a root key that takes over wraps every generation; otherwise something would never open again. */
async function refuseUnwrapped(tx: Tx, ring: KeyRing, id: string): Promise<void> {
  const { missing } = await tx.one<{ missing: number }>(sql`
    select count(*) as missing from ring_key k where k.ring = ${ring.name} and not exists (
      select from ring_key_wrap w where w.ring = k.ring and w.generation = k.generation and w.root_key = ${id})`);
  if (missing > 0)
    throw notReady('the new root key does not wrap every key of the ring', 'give this change up and begin it again');
}

const notReady = (detail: string, fix: string): AppError =>
  new AppError({ code: 'root_key.is_not_ready', status: 503, detail, fix });

/** Gives a prepared root key up, with the generation and the shares that were made for it. */
export async function dropPrepared(tx: Tx, ring: KeyRing): Promise<string | undefined> {
  await lockRing(tx, ring);
  const row = await tx.maybe<{ id: string }>(
    sql`select id from root_key where ring = ${ring.name} and state = 'prepared'`,
  );
  if (row === undefined) return undefined;
  await tx.run(sql`delete from ring_key_wrap where ring = ${ring.name} and root_key = ${row.id}`);
  await tx.run(sql`delete from ring_key where ring = ${ring.name} and state = 'prepared'`);
  await tx.run(sql`delete from root_key_share where ring = ${ring.name} and root_key = ${row.id}`);
  await tx.run(sql`delete from root_key where ring = ${ring.name} and id = ${row.id}`);
  await tellRings(tx);
  return row.id;
}

const lockRing = (tx: Tx, ring: KeyRing): Promise<unknown> =>
  tx.one(sql`select name from key_ring where name = ${ring.name} for update`);
