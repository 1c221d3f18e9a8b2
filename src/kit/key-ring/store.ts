import type { RootKeyPlace } from '#kit/crypto/index.ts';
import { sql, type Queryable } from '#kit/db/index.ts';

/** records: what Reeve signs, stamps and signs people in with. vault: what secrets and recordings are under. */
export type RingName = 'records' | 'vault';

/** Where a root key is kept, as the database tells; never the key. */
export interface RootKeyRow {
  readonly id: string;
  readonly place: RootKeyPlace;
  readonly settings: RootKeySettings;
  readonly currentSince: Date | null;
}

/** file: its name. shamir: how many shares open, and their digests. */
export interface RootKeySettings {
  readonly file?: string;
  readonly threshold?: number;
  readonly shares?: readonly string[];
}

/** A generation as kept. */
export interface RingKeyRow {
  readonly generation: number;
  readonly state: 'prepared' | 'announced' | 'current' | 'opening';
  readonly handedOn: Buffer | null;
  /** By the root key that is current; null for one that only a prepared root key wraps. */
  readonly wrapped: Buffer | null;
}

/** A ring as the database has it. */
export interface RingRows {
  readonly sealedAt: Date | null;
  readonly sealedBecause: string | null;
  readonly root: RootKeyRow | undefined;
  readonly keys: readonly RingKeyRow[];
}

export async function readRing(db: Queryable, ring: RingName): Promise<RingRows> {
  const row = await db.maybe<{
    sealedAt: Date | null;
    sealedBecause: string | null;
    root: { id: string; place: RootKeyPlace; settings: RootKeySettings; currentSince: string | null } | null;
  }>(sql`
    select r.sealed_at, r.sealed_because,
           (select jsonb_build_object('id', k.id, 'place', k.place, 'settings', k.settings, 'currentSince', k.current_since)
              from root_key k where k.ring = r.name and k.state = 'current') as root
      from key_ring r where r.name = ${ring}`);
  const keys = await db.many<RingKeyRow>(sql`
    select k.generation, k.state, k.handed_on, w.wrapped from ring_key k
    left join root_key r on r.ring = k.ring and r.state = 'current'
    left join ring_key_wrap w on w.ring = k.ring and w.generation = k.generation and w.root_key = r.id
    where k.ring = ${ring} order by k.generation`);
  const root = row?.root ?? undefined;
  return {
    sealedAt: row?.sealedAt ?? null,
    sealedBecause: row?.sealedBecause ?? null,
    root:
      root === undefined
        ? undefined
        : { ...root, currentSince: root.currentSince === null ? null : new Date(root.currentSince) },
    keys,
  };
}

/** What a wrapped generation is bound to. */
export const wrapContext = (ring: RingName, generation: number, rootKey: string): string =>
  `ring_key/${ring}/${generation}/${rootKey}`;

/** What a generation is bound to while it is handed on under the one before. */
export const handedOnContext = (ring: RingName, generation: number): string =>
  `ring_key/${ring}/${generation}/handed on`;

export const insertRootKey = (
  db: Queryable,
  ring: RingName,
  key: {
    readonly id: string;
    readonly place: RootKeyPlace;
    readonly settings: RootKeySettings;
    readonly state: 'prepared' | 'current';
    readonly at: Date;
  },
): Promise<number> =>
  db.run(sql`
    insert into root_key (ring, id, place, settings, state, made_at, current_since)
    values (${ring}, ${key.id}, ${key.place}, ${JSON.stringify(key.settings)}::jsonb, ${key.state}, ${key.at},
            ${key.state === 'current' ? key.at : null})`);

export const insertRingKey = (
  db: Queryable,
  ring: RingName,
  key: {
    readonly generation: number;
    readonly state: RingKeyRow['state'];
    readonly handedOn: Buffer | null;
    readonly at: Date;
  },
): Promise<number> =>
  db.run(sql`
    insert into ring_key (ring, generation, state, handed_on, made_at)
    values (${ring}, ${key.generation}, ${key.state}, ${key.handedOn}, ${key.at})`);

export const insertWrap = (
  db: Queryable,
  ring: RingName,
  wrap: { readonly generation: number; readonly rootKey: string; readonly wrapped: Buffer },
): Promise<number> =>
  db.run(sql`
    insert into ring_key_wrap (ring, generation, root_key, wrapped)
    values (${ring}, ${wrap.generation}, ${wrap.rootKey}, ${wrap.wrapped})`);

/** Nodes seen within this time count as running. */
const LATELY = sql`interval '20 seconds'`;

/** Says what this node has; by the real time, since it is about processes. */
export const sayNode = (
  db: Queryable,
  node: string,
  ring: RingName,
  has: { readonly state: string; readonly loaded: number; readonly sealing: number },
): Promise<number> =>
  db.run(sql`
    insert into key_node as n (node, ring, state, loaded, sealing) values (${node}, ${ring}, ${has.state}, ${has.loaded}, ${has.sealing})
    on conflict on constraint key_node_pk do update
      set state = excluded.state, loaded = excluded.loaded, sealing = excluded.sealing, seen_at = clock_timestamp()`);

/** A node that runs, and what it has. */
export interface KeyNode {
  readonly node: string;
  readonly state: string;
  readonly loaded: number;
  readonly sealing: number;
}

export const runningNodes = (db: Queryable, ring: RingName): Promise<KeyNode[]> =>
  db.many(sql`
    select node, state, loaded, sealing from key_node
    where ring = ${ring} and seen_at > clock_timestamp() - ${LATELY} order by node`);
