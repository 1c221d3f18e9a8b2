import { randomSecret, readKeyFile, rootKeyInMemory, wipe, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Tx } from '#kit/db/index.ts';
import { KeyRing, type RingParts } from './key-ring.ts';
import { insertRingKey, insertRootKey, insertWrap, wrapContext, type RingName } from './store.ts';

/** Both rings of this process, and every key of Reeve by purpose. */
export interface Rings {
  readonly records: KeyRing;
  readonly vault: KeyRing;
  readonly keys: Keys;
}

/** Purposes whose keys are the vault's: what they sealed does not open while it is sealed. All others keep records. */
const OF_THE_VAULT: ReadonlySet<string> = new Set([
  'vault wrapping',
  'recordings',
  'session events',
  'key shares',
  'break-glass kits',
  'passwords of leases',
]);

/**
 * Opens both rings as the database says, making them at the first start. Throws where the records cannot be opened and
 * where the vault's root key is misconfigured, missing or another; a vault that waits for shares, was sealed by order,
 * or whose token is out of reach is no error: Reeve starts and it is sealed.
 */
export async function openRings(
  parts: RingParts & {
    /** For tests of what was there before rings were: true where the key file was not there yet. */
    readonly fresh?: boolean;
  },
): Promise<Rings> {
  const { secret, made } = await readKeyFile(parts.places.rootKeyFile, { create: await mayMake(parts.db) }).catch(
    async (error: unknown) => {
      if (await needsKeyFile(parts.db)) throw error;
      return { secret: undefined, made: false };
    },
  );
  if (secret !== undefined) {
    await parts.db.tx((tx) => makeRings(tx, secret, parts.fresh ?? made));
    wipe(secret);
  }
  const records = new KeyRing('records', { ...parts, lost: undefined });
  const vault = new KeyRing('vault', parts);
  await records.refresh();
  await vault.refresh().catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== 'root_key.unreachable') throw error;
    parts.log.error('the vault is sealed: its root key is out of reach', { why: vault.because });
  });
  return { records, vault, keys: keysOfRings(records, vault) };
}

/** Every key of Reeve by purpose, from the ring it belongs to. */
export const keysOfRings = (records: KeyRing, vault: KeyRing): Keys => ({
  get id() {
    return records.first().id;
  },
  derive: (purpose) => records.first().derive(purpose),
  signing: (purpose) => records.first().signing(purpose),
  sealing: (purpose) => (OF_THE_VAULT.has(purpose) ? vault : records).sealing(purpose),
});

/** A key file is made for a database that has no rings, never for one that was sealed with another. */
const mayMake = async (db: Db): Promise<boolean> =>
  (await db.one<{ none: boolean }>(sql`select not exists (select from root_key) as none`)).none;

const needsKeyFile = async (db: Db): Promise<boolean> =>
  (await mayMake(db)) ||
  (
    await db.one<{ needed: boolean }>(
      sql`select exists (select from root_key where state = 'current' and place = 'file' and settings->>'file' is null) as needed`,
    )
  ).needed;

/**
 * The first generation of each ring under the key file. Where that was there already, what was sealed hangs on it
 * directly: then it is the first generation itself, and all of it still opens.
 */
async function makeRings(tx: Tx, file: Buffer, fresh: boolean): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext('key_ring'))`);
  const at = tx.now;
  for (const ring of ['records', 'vault'] satisfies RingName[]) {
    const added = await tx.run(sql`insert into key_ring (name) values (${ring}) on conflict do nothing`);
    if (added === 0) continue;
    const root = rootKeyInMemory(Buffer.from(file));
    const secret = fresh ? randomSecret(32) : Buffer.from(file);
    await insertRootKey(tx, ring, { id: root.id, place: 'file', settings: {}, state: 'current', at });
    await insertRingKey(tx, ring, { generation: 1, state: 'current', handedOn: null, at });
    const wrapped = await root.wrap(secret, wrapContext(ring, 1, root.id));
    await insertWrap(tx, ring, { generation: 1, rootKey: root.id, wrapped });
    wipe(secret);
    await root.close();
  }
}
