import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinKey, keysOf, open, rootKeyInMemory, rootKeyOf, seal } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import {
  dropPrepared,
  followRings,
  letSeal,
  makeRootKey,
  nodesLacking,
  openRings,
  prepareRootKey,
  takeRootKey,
  type NewRootKey,
  type Rings,
  type RootKeyPlaces,
} from './index.ts';

let base: TestDatabase;
let folder: string;
let places: RootKeyPlaces;
beforeEach(async () => {
  base = await testDatabase({ max: 10 });
  folder = mkdtempSync(join(tmpdir(), 'reeve-rings-'));
  places = { rootKeyFile: join(folder, 'root.key') };
});
afterEach(async () => {
  await base.drop();
  rmSync(folder, { recursive: true });
});

const start = (node = 'one'): Promise<Rings> => openRings({ db: base.db, log: silentLog, places, node });
const PURPOSE = 'vault wrapping';
const put = (rings: Rings): Buffer => seal(rings.keys.sealing(PURPOSE), Buffer.from('s3cret'), 'c');
const opened = (rings: Rings, sealed: Buffer): string => open(rings.keys.sealing(PURPOSE), sealed, 'c').toString();

/** Puts the vault under a new root key, at once. */
async function rekey(rings: Rings, where: Parameters<typeof makeRootKey>[2]): Promise<NewRootKey> {
  const made = await makeRootKey(rings.vault, places, where);
  await base.db.tx(async (tx) => {
    await prepareRootKey(tx, rings.vault, made);
    await takeRootKey(tx, rings.vault);
  });
  await rings.vault.refresh();
  return made;
}
const sealUnderNewest = async (rings: Rings): Promise<void> => {
  const { generation } = await base.db.one<{ generation: number }>(
    sql`select generation from ring_key where ring = 'vault' and state = 'announced'`,
  );
  await base.db.tx((tx) => letSeal(tx, 'vault', generation));
  await rings.vault.refresh();
};

test('at the first start each ring gets a key that the file wraps and that is not in it', async () => {
  const rings = await start();
  expect(rings.vault.state).toBe('open');
  const sealed = put(rings);
  expect(opened(await start('two'), sealed)).toBe('s3cret');
  const file = rings.records.root?.id;
  expect(file).toMatch(/^[0-9a-f]{16}$/);
  expect(rings.keys.id).not.toBe(file);
  expect(rings.vault.first().derive('x')).not.toEqual(rings.records.first().derive('x'));
});

test('what hung on the key file directly opens still, and is signed by the same key', async () => {
  const secret = Buffer.alloc(32, 5);
  writeFileSync(places.rootKeyFile, secret, { mode: 0o600 });
  const before = keysOf(rootKeyOf(Buffer.from(secret)));
  const sealed = seal(before.sealing(PURPOSE), Buffer.from('s3cret'), 'c');
  const rings = await start();
  expect(opened(rings, sealed)).toBe('s3cret');
  expect(rings.keys.signing('audit checkpoints').publicKey).toEqual(before.signing('audit checkpoints').publicKey);
});

test('five nodes that start at once on a new database have one key', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((node) => start(node)));
  const sealed = put(all[0] as Rings);
  expect(all.map((rings) => opened(rings, sealed))).toEqual(Array.from({ length: 5 }, () => 's3cret'));
});

test('a key file of another database, or none where there should be one, refuses the start with what to do', async () => {
  await start();
  rmSync(places.rootKeyFile);
  await expect(start()).rejects.toMatchObject({ code: 'root_key.missing', fix: expect.any(String) as string });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(places.rootKeyFile, Buffer.alloc(32, 1), { mode: 0o600 });
  await expect(start()).rejects.toMatchObject({ code: 'root_key.is_another', fix: expect.any(String) as string });
});

test('a token that the configuration does not name refuses the start', async () => {
  await start();
  await base.db.run(sql`update root_key set place = 'pkcs11' where ring = 'vault'`);
  await expect(start()).rejects.toMatchObject({
    code: 'root_key.misconfigured',
    fix: 'set pkcs11_module, pkcs11_token and pkcs11_pin_file',
  });
});

test('a key file that the database names outside the folder of Reeve is not read', async () => {
  await start();
  await base.db.run(sql`update root_key set settings = '{"file": "../../etc/passwd"}' where ring = 'vault'`);
  await expect(start()).rejects.toMatchObject({ code: 'root_key.misconfigured' });
});

test('a wrapped key moved to another ring, generation or root key opens nothing', async () => {
  const rings = await start();
  await rekey(rings, { place: 'file' });
  const swaps = [
    sql`update ring_key_wrap v set wrapped = (select r.wrapped from ring_key_wrap r where r.ring = 'records') where v.ring = 'vault' and v.generation = 1`,
    sql`update ring_key_wrap v set wrapped = (select r.wrapped from ring_key_wrap r where r.ring = 'vault' and r.generation = 2) where v.ring = 'vault' and v.generation = 1`,
  ];
  for (const swap of swaps) {
    const kept = await base.db.one<{ wrapped: Buffer }>(
      sql`select wrapped from ring_key_wrap where ring = 'vault' and generation = 1`,
    );
    await base.db.run(swap);
    await expect(start()).rejects.toMatchObject({ code: 'crypto.does_not_open' });
    await base.db.run(sql`update ring_key_wrap set wrapped = ${kept.wrapped} where ring = 'vault' and generation = 1`);
  }
  await start();
});

test('a new root key opens everything, and the one before opens nothing of what the database has now', async () => {
  const rings = await start();
  const old = put(rings);
  const made = await rekey(rings, { place: 'file' });
  await sealUnderNewest(rings);
  const fresh = put(rings);
  const again = await start('two');
  expect([opened(again, old), opened(again, fresh)]).toEqual(['s3cret', 's3cret']);
  const wraps = await base.db.many<{ rootKey: string }>(
    sql`select distinct root_key from ring_key_wrap where ring = 'vault'`,
  );
  expect(wraps).toEqual([{ rootKey: made.key.id }]);
  expect(readdirSync(folder).filter((name) => name.startsWith('vault-'))).toHaveLength(1);
});

test('in shares the vault starts sealed, any so many open it, and one fewer leaves it sealed', async () => {
  const rings = await start();
  const sealed = put(rings);
  const { shares, key } = await rekey(rings, { place: 'shamir', shares: 5, threshold: 3 });
  expect(opened(rings, sealed)).toBe('s3cret');

  for (const some of [
    [0, 1, 2],
    [4, 2, 0],
    [3, 1, 4],
  ]) {
    const { vault, keys } = await start('two');
    expect(vault.state).toBe('waiting');
    expect(() => keys.sealing(PURPOSE)).toThrow(expect.objectContaining({ code: 'vault.sealed', status: 503 }));
    const { root } = vault;
    if (root === undefined) throw new Error('no root key');
    for (const [i, place] of some.entries()) {
      const told = await vault.shares.enter(root, shares[place] ?? '');
      expect(told.key !== undefined).toBe(i === 2);
      // The same share again is no further one.
      if (i < 2) expect((await vault.shares.enter(root, shares[place] ?? '')).entered).toBe(i + 1);
      if (told.key !== undefined) await vault.openWith(told.key);
    }
    expect(vault.state).toBe('open');
    expect(open(keys.sealing(PURPOSE), sealed, 'c').toString()).toBe('s3cret');
  }
  await expect(joinKey(key.id, shares.slice(0, 2))).rejects.toMatchObject({ code: 'root_key.shares_do_not_join' });
});

test('a root key that is prepared and given up leaves no trace, and no number is given twice', async () => {
  const rings = await start();
  const sealed = put(rings);
  for (let i = 0; i < 2; i += 1) {
    const made = await makeRootKey(rings.vault, places, { place: 'shamir', shares: 3, threshold: 2 });
    await base.db.tx((tx) => prepareRootKey(tx, rings.vault, made));
    await rings.vault.refresh();
    await expect(
      base.db.tx(async (tx) =>
        prepareRootKey(tx, rings.vault, await makeRootKey(rings.vault, places, { place: 'file' })),
      ),
    ).rejects.toMatchObject({ code: 'root_key.is_being_changed' });
    await base.db.tx((tx) => dropPrepared(tx, rings.vault));
  }
  const numbers = await base.db.many<{ generation: number }>(
    sql`select generation from ring_key where ring = 'vault' order by 1`,
  );
  expect(numbers).toEqual([{ generation: 1 }]);
  await rekey(rings, { place: 'file' });
  await sealUnderNewest(rings);
  const again = await start('two');
  expect(again.vault.generations.current).toBe(4);
  expect([opened(again, sealed), opened(again, put(rings))]).toEqual(['s3cret', 's3cret']);
});

test('a node that runs is handed the next key, and nothing seals under it while a node lacks it', async () => {
  const one = await start('one');
  const two = await start('two');
  await rekey(one, { place: 'shamir', shares: 3, threshold: 2 });
  expect((await nodesLacking(base.db, 'vault', 2)).map(({ node }) => node)).toEqual(['two']);
  await two.vault.refresh();
  expect(await nodesLacking(base.db, 'vault', 2)).toEqual([]);
  await sealUnderNewest(one);
  expect(opened(two, put(one))).toBe('s3cret');
  const handed = await base.db.one<{ n: number }>(sql`select count(*) as n from ring_key where handed_on is not null`);
  expect(handed.n).toBe(0);
});

test('sealed by order every node forgets its keys within a second, and stays sealed through a restart', async () => {
  const [one, two] = [await start('one'), await start('two')];
  const stops = await Promise.all(
    [one, two].map((rings) => followRings({ db: base.db, log: silentLog, rings, everyMs: 60_000 })),
  );
  const secrets = [...two.vault.generations.each()].map(({ secret }) => secret);
  const begun = performance.now();
  await base.db.tx(async (tx) => {
    await tx.run(sql`update key_ring set sealed_at = ${tx.now}, sealed_because = 'an intruder' where name = 'vault'`);
    await tx.run(sql`select pg_notify('reeve_keys', '')`);
  });
  await until(() => one.vault.state === 'sealed' && two.vault.state === 'sealed', { timeoutMs: 1_000 });
  expect(performance.now() - begun).toBeLessThan(1_000);
  expect(secrets.every((secret) => secret.every((byte) => byte === 0))).toBe(true);
  expect(() => two.keys.sealing(PURPOSE)).toThrow(expect.objectContaining({ code: 'vault.sealed' }));
  expect(two.keys.sealing('audit subject keys')).toBeDefined();
  const three = await start('three');
  expect([three.vault.state, three.vault.because]).toEqual(['sealed', 'an intruder']);
  await Promise.all(stops.map((stop) => stop()));
});

test.each(['unreachable', 'open'] as const)(
  'an order to seal that comes while an %s vault is being looked at is not undone by what was read before it',
  async (before) => {
    let meanwhile: (() => Promise<void>) | undefined;
    const db = new Proxy(base.db, {
      get: (real, name) =>
        name === 'many'
          ? async (...args: Parameters<typeof real.many>) => {
              const rows = await real.many(...args);
              const now = meanwhile;
              meanwhile = undefined;
              await now?.();
              return rows;
            }
          : (Reflect.get(real, name) as unknown),
    });
    const rings = await openRings({ db, log: silentLog, places, node: 'one' });
    // A generation it does not have yet is what an open vault takes in.
    if (before === 'unreachable') rings.vault.close('unreachable', 'the token is out');
    else
      await base.db.tx(async (tx) => {
        await prepareRootKey(tx, rings.vault, await makeRootKey(rings.vault, places, { place: 'file' }));
        await takeRootKey(tx, rings.vault);
      });
    meanwhile = async () => {
      await base.db.tx((tx) =>
        tx.run(sql`update key_ring set sealed_at = ${tx.now}, sealed_because = 'an intruder' where name = 'vault'`),
      );
      rings.vault.close('sealed', 'an intruder');
    };
    await rings.vault.refresh();
    expect([rings.vault.state, rings.vault.because]).toEqual(['sealed', 'an intruder']);
    expect([...rings.vault.generations.each()]).toEqual([]);
  },
);

test('a root key of other bytes is refused by the id it bears', async () => {
  const key = rootKeyInMemory(Buffer.alloc(32, 1));
  const wrapped = await key.wrap(Buffer.alloc(32, 2), 'a');
  await expect(rootKeyInMemory(Buffer.alloc(32, 3)).unwrap(wrapped, 'a')).rejects.toMatchObject({
    code: 'crypto.does_not_open',
  });
});
