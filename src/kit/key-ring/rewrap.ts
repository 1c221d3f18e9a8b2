import type { Keys, SealingKey } from '#kit/crypto/index.ts';
import { sql, type Queryable, type Sql, type Tx } from '#kit/db/index.ts';
import { runningNodes, type KeyNode, type RingName } from './store.ts';
import { tellRings } from './follow-rings.ts';

/** Where a walk over rows stands; null begins it. */
export type Place = readonly (string | number)[] | null;

/**
 * One kind of thing that is sealed under a ring: how its rows are put under the newest generation. A sealed value names
 * its key, so that what is done and what is left shows in the rows themselves: a walk that was killed goes on from there.
 */
export interface RewrapPart {
  readonly name: string;
  readonly ring: RingName;
  readonly purpose: string;
  /** How many rows are not under the key of that id. */
  readonly left: (db: Queryable, keyId: Buffer) => Promise<number>;
  /** Puts the next rows after `after` under it, at most so many; null in `next` where there is none after them. */
  readonly some: (
    tx: Tx,
    keys: Keys,
    walk: { readonly after: Place; readonly most: number; readonly keyId: Buffer },
  ) => Promise<{ readonly done: number; readonly next: Place }>;
}

/** A generation that is to take over, or has and is not through. */
export interface Rewrapping {
  readonly generation: number;
  readonly state: 'announced' | 'current';
}

/** What is under way for a ring; undefined where everything is under its newest generation. */
export const rewrapping = (db: Queryable, ring: RingName, parts: readonly string[]): Promise<Rewrapping | undefined> =>
  db.maybe<Rewrapping>(sql`
    select k.generation, k.state from ring_key k
    where k.ring = ${ring} and (k.state = 'announced' or (k.state = 'current' and k.generation > 1 and exists (
      select from unnest(${parts}::text[]) as wanted (part) where not exists (
        select from rewrap_part p where p.ring = k.ring and p.generation = k.generation and p.part = wanted.part
          and p.finished_at is not null))))
    order by k.generation desc limit 1`);

/** Nodes that lack a generation: until they have it, nothing is sealed under it. */
export const nodesLacking = async (db: Queryable, ring: RingName, generation: number): Promise<readonly KeyNode[]> =>
  (await runningNodes(db, ring)).filter((node) => node.state === 'open' && node.loaded < generation);

/** Lets a generation seal from now on, once every node can open what that seals. */
export async function letSeal(tx: Tx, ring: RingName, generation: number): Promise<void> {
  await tx.run(sql`update ring_key set state = 'opening' where ring = ${ring} and state = 'current'`);
  await tx.run(sql`
    update ring_key set state = 'current', handed_on = null
    where ring = ${ring} and generation = ${generation} and state = 'announced'`);
  await tellRings(tx);
}

/** Nodes that seal under an older generation still: what they write now has to be walked over again. */
export const nodesBehind = async (db: Queryable, ring: RingName, generation: number): Promise<readonly KeyNode[]> =>
  (await runningNodes(db, ring)).filter((node) => node.state === 'open' && node.sealing < generation);

/** Notes how far a part is. */
export const noteRewrap = (
  db: Queryable,
  at: { readonly ring: RingName; readonly generation: number; readonly part: string },
  done: number,
): Promise<number> =>
  db.run(sql`
    insert into rewrap_part as p (ring, generation, part, rows_done) values (${at.ring}, ${at.generation}, ${at.part}, ${done})
    on conflict on constraint rewrap_part_pk do update set rows_done = p.rows_done + excluded.rows_done`);

/** Notes that a part is through; `left` did not open. */
export const finishRewrap = (
  tx: Tx,
  at: { readonly ring: RingName; readonly generation: number; readonly part: string },
  left: number,
): Promise<number> =>
  tx.run(sql`
    update rewrap_part set finished_at = ${tx.now}, rows_left = ${left}
    where ring = ${at.ring} and generation = ${at.generation} and part = ${at.part}`);

/** What is said of a table so that its rows can be walked. */
export interface RewrapRows<R> extends Pick<RewrapPart, 'name' | 'ring' | 'purpose'> {
  /** The rows after a place, in order, locked, those others hold skipped. `sealed` is what is to be put under another key. */
  readonly rows: (walk: { readonly after: Place; readonly most: number; readonly keyId: Buffer }) => Sql;
  readonly count: (keyId: Buffer) => Sql;
  readonly place: (row: R) => Place;
  readonly again: (key: SealingKey, row: R) => Buffer;
  readonly write: (moved: readonly { readonly row: R; readonly sealed: Buffer }[]) => Sql;
}

/** A part that walks a table. A row that does not open, since somebody altered it, is left as it is and counted as left. */
export const rewrapRows = <R>(of: RewrapRows<R>): RewrapPart => ({
  name: of.name,
  ring: of.ring,
  purpose: of.purpose,
  left: async (db, keyId) => (await db.one<{ n: number }>(of.count(keyId))).n,
  some: async (tx, keys, walk) => {
    const rows = await tx.many<R>(of.rows(walk));
    const key = keys.sealing(of.purpose);
    const moved = rows.flatMap((row) => {
      try {
        return [{ row, sealed: of.again(key, row) }];
      } catch (error) {
        if ((error as { code?: unknown }).code === 'crypto.does_not_open') return [];
        throw error;
      }
    });
    if (moved.length > 0) await tx.run(of.write(moved));
    const last = rows.at(-1);
    return { done: moved.length, next: last === undefined || rows.length < walk.most ? null : of.place(last) };
  },
});

/** Whether a sealed column is under another key than that of the id. */
export const isUnderAnother = (column: Sql, keyId: Buffer): Sql => sql`substring(${column} from 2 for 8) <> ${keyId}`;
