import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keysOf, rootKeyOf, type Keys } from '#kit/crypto/index.ts';
import { openDb, sql, type Db } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { MAX_BATCH, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { proofFor } from '../read/prove-event.ts';
import { appendEvent } from '../record/append-event.ts';
import { happening, logHouse, type LogHouse } from '../testing/log-house.ts';
import { sequenceAll, sequenceBatch } from './sequence-batch.ts';
import { startSequencer } from './start-sequencer.ts';

let house: LogHouse;
beforeEach(async () => {
  house = await logHouse();
});
afterEach(() => house.drop());

const numbered = async (): Promise<string[]> =>
  (await house.db.many<{ eventId: string }>(sql`select event_id from audit_leaf order by seq`)).map(
    (row) => row.eventId,
  );

/** A transaction that appends one event and waits to be told how it ends. */
async function openAppend(
  db: Db,
  keys: Keys,
): Promise<{ id: string; end: (how: 'commit' | 'roll back') => Promise<void> }> {
  let told: (how: 'commit' | 'roll back') => void = () => {};
  const ending = new Promise<'commit' | 'roll back'>((resolve) => {
    told = resolve;
  });
  let started: (id: string) => void = () => {};
  const begun = new Promise<string>((resolve) => {
    started = resolve;
  });
  const done = db
    .tx(async (tx) => {
      started(await appendEvent(tx, keys, happening(1)));
      if ((await ending) === 'roll back') throw new Error('rolled back');
    })
    .catch((error: unknown) => {
      if ((error as Error).message !== 'rolled back') throw error;
    });
  return { id: await begun, end: async (how) => (told(how), done) };
}

describe('the order of the log', () => {
  test('an event waits for every older transaction, and comes after it though it committed before', async () => {
    const old = await openAppend(house.db, house.keys);
    const [young] = (await house.happen(1)) as [string];
    expect(await house.sequence()).toBe(0);
    await old.end('commit');
    expect(await house.sequence()).toBe(2);
    expect(await numbered()).toEqual([old.id, young]);
  });

  test('an older transaction that rolls back leaves no gap', async () => {
    const before = await house.happen(2);
    const old = await openAppend(house.db, house.keys);
    const after = await house.happen(2);
    expect(await house.sequence()).toBe(2);
    await old.end('roll back');
    expect(await house.sequence()).toBe(2);
    expect(await numbered()).toEqual([...before, ...after]);
  });

  test('a transaction of another database of the cluster holds nothing up', async () => {
    const neighbour = await logHouse();
    const theirs = await openAppend(neighbour.db, neighbour.keys);
    await house.happen(2);
    expect(await house.sequence()).toBe(2);
    await theirs.end('commit');
    await neighbour.drop();
  });

  test('writers and three sequencers at once give every committed event one number, and the log verifies', async () => {
    const ids = new Set<string>();
    const state = { writing: true };
    const writers = Promise.all(
      Array.from({ length: 4 }, async (_, w) => {
        for (let i = 0; i < 40; i += 1) {
          const fails = (i + w) % 5 === 0;
          await house.db
            .tx(async (tx) => {
              const id = await appendEvent(tx, house.keys, happening(i));
              await tx.run(sql`select pg_sleep(${((i * 7 + w * 3) % 5) / 1000})`);
              if (fails) throw new Error('rolled back');
              return id;
            })
            .then((id) => ids.add(id))
            .catch(() => undefined);
        }
      }),
    ).finally(() => {
      state.writing = false;
    });
    const parts = { db: house.db, keys: house.keys, log: silentLog };
    const sequencers = Array.from({ length: 3 }, async () => {
      while (state.writing) await sequenceBatch(parts);
    });
    await Promise.all([writers, ...sequencers]);
    await sequenceAll(parts);
    expect(new Set(await numbered())).toEqual(ids);
    expect(await numbered()).toHaveLength(128);
    expect(await house.verify()).toMatchObject({ ok: true, size: 128, pending: 0 });
  });
});

describe('batches', () => {
  test('more events than a batch holds become several checkpoints, each provable', async () => {
    const ids = await house.happenTogether(MAX_BATCH + 700);
    expect(await house.sequence()).toBe(MAX_BATCH + 700);
    expect(await house.verify()).toMatchObject({ ok: true, checkpoints: 2 });
    for (const seq of [0, 1, 255, 256, MAX_BATCH - 1, MAX_BATCH, MAX_BATCH + 699]) {
      const proof = await house.db.tx((tx) => proofFor(tx, house.signer, ids[seq] as string));
      expect(proof).toMatchObject({ seq, size: MAX_BATCH + 700 });
    }
  });

  test('nothing new gives no checkpoint', async () => {
    expect(await house.sequence()).toBe(0);
    await house.happen(1);
    expect(await house.sequence()).toBe(1);
    expect(await house.sequence()).toBe(0);
    expect(await house.db.many(sql`select 1 from audit_checkpoint`)).toHaveLength(1);
  });

  test('a crash before the commit leaves the batch to be numbered, one after it leaves it numbered', async () => {
    await house.happen(5);
    const failing = {
      ...house.db,
      tx: ((work, options) =>
        house.db.tx(async (tx) => {
          await work(tx);
          throw new Error('killed before the commit');
        }, options)) as Db['tx'],
    };
    await expect(sequenceBatch({ db: failing, keys: house.keys, log: silentLog })).rejects.toThrow('killed');
    expect(await numbered()).toEqual([]);
    // Committed, but killed before the witness was written.
    const witness = {
      latest: () => Promise.resolve(undefined),
      advance: () => Promise.reject(new Error('killed after')),
    };
    await expect(sequenceBatch({ db: house.db, keys: house.keys, log: silentLog, witness })).rejects.toThrow(
      'killed after',
    );
    expect(await numbered()).toHaveLength(5);
    expect(await house.sequence()).toBe(0);
    const note = openCheckpoint(house.signer, await house.witnessed());
    expect(note).toMatchObject({ size: 5 });
    expect(await house.verify({ witnesses: [await house.witnessed()] })).toMatchObject({ ok: true, size: 5 });
  });

  test('a log restored into a younger cluster goes on being numbered, each event once', async () => {
    const ids = await house.happen(6);
    await house.sequence();
    ids.push(...(await house.happen(2)));
    // As pg_dump and restore leave it: rows and cursor from transactions this cluster has yet to reach.
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set xid = (xid::text::bigint + 1000000000)::text::xid8`);
      await tx.run(sql`update audit_checkpoint set last_xid = (last_xid::text::bigint + 1000000000)::text::xid8`);
    });
    ids.push(...(await house.happen(2)));
    expect(await house.sequence()).toBe(4);
    ids.push(...(await house.happen(3)));
    expect(await house.sequence()).toBe(3);
    expect(await house.sequence()).toBe(0);
    expect(await numbered()).toEqual(ids);
    expect(await house.verify()).toMatchObject({ ok: true, size: 13, pending: 0 });
  });

  test('another root key signs nothing on top of this log', async () => {
    await house.happen(1);
    await house.sequence();
    await house.happen(1);
    const keys = keysOf(rootKeyOf(Buffer.alloc(32, 9)));
    await expect(sequenceAll({ db: house.db, keys, log: silentLog })).rejects.toMatchObject({
      code: 'audit.tree_damaged',
    });
  });
});

describe('the sequencer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reeve-sequencer-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (over: object = {}) =>
    startSequencer({
      db: house.db,
      keys: house.keys,
      clock: house.clock,
      log: silentLog,
      witnessPath: join(folder, 'w'),
      everyMs: 60_000,
      ...over,
    });

  test('is woken by an append of its own process, long before its slow look', async () => {
    const sequencer = start();
    for (let n = 1; n <= 3; n += 1) {
      const before = performance.now();
      await house.happen(1);
      await until(async () => (await numbered()).length === n);
      expect(performance.now() - before).toBeLessThan(2_000);
    }
    await until(async () => (await readFile(join(folder, 'w'), 'utf8')).includes('\n3\n'));
    await sequencer.stop();
  });

  test('finds by its slow look what nothing woke it for', async () => {
    const sequencer = start({ everyMs: 30 });
    const old = await openAppend(house.db, house.keys);
    const [id] = await house.happen(1);
    // Its rolling back wakes nobody, and only then may the younger one be numbered.
    await old.end('roll back');
    await until(async () => (await numbered()).length === 1);
    expect(await numbered()).toEqual([id]);
    await sequencer.stop();
  });

  test('stops at once, and not in the middle of a batch', async () => {
    const sequencer = start();
    await house.happen(50);
    const before = performance.now();
    await sequencer.stop();
    expect(performance.now() - before).toBeLessThan(2_000);
    const verified = await house.verify();
    expect(verified.ok).toBe(true);
    expect(verified.size + verified.pending).toBe(50);
  });

  test('complains once when the log may not be signed on, and goes on by itself when that is mended', async () => {
    const errors: string[] = [];
    const log = { ...silentLog, error: (message: string) => void errors.push(message) };
    await writeFile(join(folder, 'w'), 'not a checkpoint');
    await house.happen(1);
    const sequencer = start({ everyMs: 20, log });
    await until(() => errors.length > 0);
    await rm(join(folder, 'w'));
    await until(async () => (await numbered()).length === 1);
    expect(errors).toHaveLength(1);
    await sequencer.stop();
  });

  test('survives a database that is away for a while', async () => {
    const lame = await openDb({ url: house.url, clock: house.clock, log: silentLog, max: 1 });
    const sequencer = start({ db: lame, everyMs: 20 });
    await house.happen(1);
    await until(async () => (await numbered()).length === 1);
    await house.db.run(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    await house.happen(1);
    await until(async () => (await numbered()).length === 2);
    await sequencer.stop();
    await lame.close();
    expect(await house.verify()).toMatchObject({ ok: true, size: 2 });
  });
});
