import { newDataKey, randomSecret, sealingKey, unwrapKey, type Keys, type SealingKey } from '#kit/crypto/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';

/**
 * Keys kept in memory for sealing only; opening always asks the database, so that an erased key opens nothing. They
 * are all dropped after a while, since another node may have erased one: what is sealed under it until then is
 * unreadable from the start, as it should be.
 */
const KEPT = 20_000;
const KEPT_MS = 15 * 60_000;
interface Cache {
  readonly keys: Map<string, SealingKey>;
  readonly since: number;
}
const kept = new WeakMap<Keys, Cache>();
/** Keys this transaction made or met; they outlive it only if it commits. */
const met = new WeakMap<Tx, Map<string, SealingKey>>();

export const SUBJECT_KEYS = 'audit subject keys';
const wrappingOf = (keys: Keys): SealingKey => keys.sealing(SUBJECT_KEYS);
/** What a subject's wrapped key is bound to. */
export const subjectKeyContext = (subjectId: string): string => `subject_key/${subjectId}`;

/**
 * The keys to seal these subjects' fields under, made at first use. An erased subject gets a key nobody keeps:
 * what is sealed under it is unreadable from the start.
 */
export async function sealingKeysFor(
  tx: Tx,
  keys: Keys,
  subjectIds: Iterable<string>,
): Promise<ReadonlyMap<string, SealingKey>> {
  const cache = cacheOf(keys);
  let local = met.get(tx);
  const found = new Map<string, SealingKey>();
  const missing: string[] = [];
  for (const id of new Set(subjectIds)) {
    const key = cache.get(id) ?? local?.get(id);
    if (key === undefined) missing.push(id);
    else found.set(id, key);
  }
  if (missing.length === 0) return found;
  if (local === undefined) {
    local = new Map();
    met.set(tx, local);
    const mine = local;
    tx.afterCommit(() => keep(cache, mine));
  }
  // Sorted, so that two transactions that meet the same new subjects wait for each other and never for ever.
  for (const [id, key] of await loadOrMake(tx, keys, missing.sort())) {
    found.set(id, key.key);
    if (!key.throwaway) local.set(id, key.key);
  }
  return found;
}

interface Found {
  readonly key: SealingKey;
  readonly throwaway: boolean;
}
interface KeyRow {
  readonly subjectId: string;
  readonly wrapped: Buffer | null;
}

async function loadOrMake(tx: Tx, keys: Keys, ids: readonly string[]): Promise<Map<string, Found>> {
  const out = new Map<string, Found>();
  const take = (row: KeyRow): void => {
    out.set(
      row.subjectId,
      row.wrapped === null ? throwaway() : { key: unwrap(keys, row.subjectId, row.wrapped), throwaway: false },
    );
  };
  const load = (wanted: readonly string[]): Promise<KeyRow[]> =>
    tx.many<KeyRow>(sql`select subject_id, wrapped from subject_key where subject_id = any(${wanted}::uuid[])`);
  for (const row of await load(ids)) take(row);
  const absent = ids.filter((id) => !out.has(id));
  if (absent.length === 0) return out;
  const made = absent.map((id) => ({ id, ...newDataKey(wrappingOf(keys), subjectKeyContext(id)) }));
  const inserted = await tx.many<{ subjectId: string }>(sql`
    insert into subject_key (subject_id, wrapped, created_at)
    select id, wrapped, ${tx.now} from unnest(${absent}::uuid[], ${made.map((m) => m.wrapped)}::bytea[]) as fresh (id, wrapped)
    on conflict on constraint subject_key_is_one_per_subject do nothing
    returning subject_id`);
  const ours = new Set(inserted.map((row) => row.subjectId));
  for (const m of made) if (ours.has(m.id)) out.set(m.id, { key: m.key, throwaway: false });
  // Somebody else made these between our look and our insert.
  const others = absent.filter((id) => !out.has(id));
  if (others.length > 0) for (const row of await load(others)) take(row);
  return out;
}

/** The keys that still exist, to open with. Never cached: an erased key is gone at once. */
export async function openingKeysFor(
  tx: Tx,
  keys: Keys,
  subjectIds: Iterable<string>,
): Promise<ReadonlyMap<string, SealingKey>> {
  const wanted = [...new Set(subjectIds)];
  if (wanted.length === 0) return new Map();
  const rows = await tx.many<{ subjectId: string; wrapped: Buffer }>(sql`
    select subject_id, wrapped from subject_key where subject_id = any(${wanted}::uuid[]) and wrapped is not null`);
  return new Map(rows.map((row) => [row.subjectId, unwrap(keys, row.subjectId, row.wrapped)]));
}

/** Drops a subject's key from memory; called once its erasure has committed. */
export function forgetKey(keys: Keys, subjectId: string): void {
  cacheOf(keys).delete(subjectId);
}

const unwrap = (keys: Keys, subjectId: string, wrapped: Buffer): SealingKey =>
  unwrapKey(wrappingOf(keys), wrapped, subjectKeyContext(subjectId));

const throwaway = (): Found => ({ key: sealingKey(randomSecret(32)), throwaway: true });

function cacheOf(keys: Keys): Map<string, SealingKey> {
  let cache = kept.get(keys);
  if (cache === undefined || performance.now() - cache.since > KEPT_MS) {
    cache = { keys: new Map(), since: performance.now() };
    kept.set(keys, cache);
  }
  return cache.keys;
}

function keep(cache: Map<string, SealingKey>, fresh: ReadonlyMap<string, SealingKey>): void {
  for (const [id, key] of fresh) cache.set(id, key);
  for (const oldest of cache.keys()) {
    if (cache.size <= KEPT) break;
    cache.delete(oldest);
  }
}
