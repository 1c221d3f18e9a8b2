import { open, seal, type Keys } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Tx } from '#kit/db/index.ts';
import { conflict, notFound } from '#kit/errors/index.ts';
import { getIdentities } from '#spine/graph/index.ts';

const PURPOSE = 'key shares';
const contextOf = (rootKey: string, place: number, holderId: string): string =>
  `root_key_share/${rootKey}/${place}/${holderId}`;

/** Keeps each share, sealed, for its holder. */
export async function keepShares(
  tx: Tx,
  keys: Keys,
  of: { readonly ring: string; readonly rootKey: string },
  shares: readonly { readonly share: string; readonly holderId: string }[],
): Promise<void> {
  for (const [place, { share, holderId }] of shares.entries()) {
    const plain = Buffer.from(share);
    const sealed = seal(keys.sealing(PURPOSE), plain, contextOf(of.rootKey, place, holderId));
    plain.fill(0);
    await tx.run(sql`
      insert into root_key_share (ring, root_key, place, holder_id, sealed)
      values (${of.ring}, ${of.rootKey}, ${place}, ${holderId}, ${sealed})`);
  }
}

/** A share that was just taken, and how many others are still to be. */
export interface TakenShare {
  readonly ring: string;
  readonly rootKey: string;
  readonly share: string;
  readonly left: number;
}

/** Hands somebody their share, once: afterwards only they have it. Throws `share.not_found` where none waits for them. */
export async function takeShare(tx: Tx, keys: Keys, holderId: string): Promise<TakenShare> {
  const row = await tx.maybe<{ ring: string; rootKey: string; place: number; sealed: Buffer }>(sql`
    select s.ring, s.root_key, s.place, s.sealed from root_key_share s
    join root_key k on k.ring = s.ring and k.id = s.root_key and k.state = 'prepared'
    where s.holder_id = ${holderId} and s.sealed is not null order by s.place limit 1 for update of s, k`);
  if (row === undefined) throw notFound('share', 'for you');
  const plain = open(keys.sealing(PURPOSE), row.sealed, contextOf(row.rootKey, row.place, holderId));
  const share = plain.toString('utf8');
  plain.fill(0);
  const changed = await tx.run(sql`
    update root_key_share set sealed = null, taken_at = ${tx.now}
    where ring = ${row.ring} and root_key = ${row.rootKey} and place = ${row.place} and sealed is not null`);
  if (changed === 0) throw conflict('share.taken', 'this share was taken already');
  const { left } = await tx.one<{ left: number }>(sql`
    select count(*) as left from root_key_share where ring = ${row.ring} and root_key = ${row.rootKey} and taken_at is null`);
  return { ring: row.ring, rootKey: row.rootKey, share, left };
}

/** Who has, or is to have, a share of the root key in use or of the one prepared. Never a share. */
export async function holdersOf(
  tx: Tx,
  ring: string,
): Promise<readonly { holderId: string; name: string; state: string; takenAt: Date | null }[]> {
  const rows = await tx.many<{ holderId: string; state: string; takenAt: Date | null }>(sql`
    select s.holder_id, k.state, s.taken_at from root_key_share s
    join root_key k on k.ring = s.ring and k.id = s.root_key and k.state in ('prepared', 'current')
    where s.ring = ${ring} order by k.state, s.place`);
  const people = await getIdentities(tx, [...new Set(rows.map((row) => row.holderId))]);
  const names = new Map(people.map((one) => [one.id, one.displayName]));
  return rows.map((row) => ({ ...row, name: names.get(row.holderId) ?? row.holderId }));
}

/** Whether a share of a prepared root key waits for somebody. */
export const waitsForShare = async (tx: Queryable, holderId: string): Promise<boolean> =>
  (
    await tx.one<{ waits: boolean }>(sql`
      select exists (select from root_key_share where holder_id = ${holderId} and sealed is not null) as waits`)
  ).waits;
