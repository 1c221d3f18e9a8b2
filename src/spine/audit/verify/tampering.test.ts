import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { signCheckpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { logSigner } from '../checkpoint/log-key.ts';
import { entryColumns, toDocument, type EntryRow } from '../read/read-entry.ts';
import { documentText } from '../record/entry.ts';
import { logHouse, type LogHouse } from '../testing/log-house.ts';
import { leafHash } from '../tree/hash.ts';
import type { Finding } from './finding.ts';

/** Batches of 6, 4, 1 and 9 entries: seq 0–5, 6–9, 10, 11–19. */
const BATCHES = [6, 4, 1, 9];
let house: LogHouse;
let ids: string[];
let witness: string;

beforeAll(async () => {
  house = await logHouse();
  ids = [];
  for (const count of BATCHES) {
    ids.push(...(await house.happen(count)));
    await house.sequence();
    house.clock.advance(60_000);
  }
  witness = await house.witnessed();
  await house.save();
});
afterEach(() => house.restore());
afterAll(() => house.drop());

test('a log nobody touched is sound, as it lies and as a copy', async () => {
  const whole = { ok: true, size: 20, checkpoints: 4, findings: [] };
  expect(await house.verify({ witnesses: [witness] })).toMatchObject({ ...whole, pending: 0 });
  expect(await house.verifyCopy(await house.exported(), { witnesses: [witness] })).toMatchObject(whole);
});

/** The first wrong entry as the verifier names it on the database, and on a copy exported from it. */
async function firstWrong(
  ...witnesses: string[]
): Promise<{ database: Finding | undefined; copy: Finding | undefined }> {
  const database = await house.verify({ witnesses });
  const copy = await house.verifyCopy(await house.exported(), { witnesses });
  return { database: database.first, copy: copy.first };
}
const both = (finding: { kind?: Finding['kind']; seq: number; id?: string | undefined }) => ({
  database: finding,
  copy: finding,
});

/** Makes the stored hashes of an event agree with its row, as an attacker would who knows the format. */
async function rehash(tx: Tx, id: string): Promise<void> {
  const row = await tx.one<EntryRow>(sql`select ${entryColumns} from audit_event e where id = ${id}`);
  const leaf = leafHash(documentText(toDocument(row)));
  await tx.run(sql`update audit_event set leaf = ${leaf} where id = ${id}`);
  await tx.run(sql`update audit_leaf set hash = ${leaf} where event_id = ${id}`);
}

describe('an altered entry is named', () => {
  const changes = {
    'its data': sql`data = data || '{"door":"another door"}'`,
    'its time': sql`at = at - interval '1 hour'`,
    'its time by a microsecond': sql`at = at + interval '1 microsecond'`,
    'its actor': sql`actor_id = 'somebody else'`,
    'its decision': sql`policies = '["another.rule"]'`,
    'its decision taken away': sql`decision_id = null`,
    'its subject': sql`subject_id = '00000000-0000-7000-8000-000000000000'`,
    'its trace': sql`trace = trace || ' '`,
    'an address added': sql`address = '192.0.2.1'`,
    'a sealed field added': sql`sealed = '{"name":"AAAA"}'`,
    'a sealed field that is no text': sql`sealed = '{"name":[1]}'`,
  };
  test.each(Object.entries(changes))('%s', async (_, change) => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set ${change} where id in (${ids[7]}, ${ids[12]})`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'altered', seq: 7, id: ids[7] as string }));
  });

  test('also where the attacker recomputed every hash in the database', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set data = data || '{"door":"another door"}' where id = ${ids[8]}`);
      await rehash(tx, ids[8] as string);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'altered', seq: 8, id: ids[8] as string }));
  });

  test('also where only the stored hash was changed', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_leaf set hash = sha256('x') where seq = 3`);
    });
    expect((await house.verify()).first).toMatchObject({ kind: 'altered', seq: 3, id: ids[3] as string });
    // A copy carries no stored hashes, and the entry itself is sound.
    expect((await house.verifyCopy(await house.exported())).ok).toBe(true);
  });
});

describe('a removed entry is named', () => {
  test('the event alone', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_event where id = ${ids[4]}`)));
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 4, id: ids[4] as string }));
  });

  test('the event and its number', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[4]}`);
      await tx.run(sql`delete from audit_leaf where seq = 4`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 4 }));
  });

  test('and all that follow moved up to close the gap', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[7]}`);
      await tx.run(sql`delete from audit_leaf where seq = 7`);
      for (let seq = 8; seq < 20; seq += 1) await tx.run(sql`update audit_leaf set seq = seq - 1 where seq = ${seq}`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 7 }));
  });

  test('the last entry of the log', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[19]}`);
      await tx.run(sql`delete from audit_leaf where seq = 19`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 19 }));
  });

  test('a whole batch with its checkpoint', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = any(${ids.slice(6, 10)}::uuid[])`);
      await tx.run(sql`delete from audit_leaf where seq between 6 and 9`);
      await tx.run(sql`delete from audit_checkpoint where size = 10`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 6 }));
  });

  test('its number alone', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_leaf where seq = 15`)));
    expect(await firstWrong()).toMatchObject(both({ kind: 'removed', seq: 15 }));
    const { findings } = await house.verify();
    expect(findings.some((f) => f.kind === 'inserted' && f.id === ids[15])).toBe(true);
  });
});

describe('an inserted entry is named', () => {
  const copyOf = (source: string, id: string, xid: 'old' | 'new') => sql`
    insert into audit_event (id, xid, at, type, actor_kind, actor_id, via, trace, policies, data, sealed, leaf, stamp)
    select ${id}, ${xid === 'old' ? sql`xid` : sql`pg_current_xact_id()`}, at, type, actor_kind, actor_id, via, trace,
      policies, data, sealed, leaf, stamp from audit_event where id = ${source}`;

  test('a row that looks as if it had been there all along', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      await rehash(tx, id);
    });
    await house.happen(1);
    await house.sequence();
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
  });

  test('a row put in by SQL with all its hashes right is never numbered, and is told of', async () => {
    const id = newId();
    await house.db.tx(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'new'));
    });
    await house.tamper((tx) => rehash(tx, id));
    expect(await house.sequence()).toBe(1);
    const told = await house.db.one<{ data: unknown }>(
      sql`select data from audit_event where type = 'audit.row_refused'`,
    );
    expect(told.data).toEqual({ eventId: id });
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
    expect((await house.verifyCopy(await house.exported())).ok).toBe(true);
    await house.happen(2);
    expect(await house.sequence()).toBe(2);
    expect(await house.db.many(sql`select 1 from audit_event where type = 'audit.row_refused'`)).toHaveLength(1);
  });

  test('an event changed before it was numbered is never numbered', async () => {
    const [id] = (await house.happen(1)) as [string];
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_event set actor_id = 'somebody else' where id = ${id}`);
      await rehash(tx, id);
    });
    await house.sequence();
    expect((await house.verify()).first).toMatchObject({ kind: 'inserted', id });
  });

  test('a number squeezed in between', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      for (let seq = 19; seq >= 8; seq -= 1) await tx.run(sql`update audit_leaf set seq = seq + 1 where seq = ${seq}`);
      await tx.run(sql`insert into audit_leaf (seq, event_id, hash) values (8, ${id}, ''::bytea || sha256('x'))`);
      await rehash(tx, id);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'inserted', seq: 8, id }));
  });

  test('a number added at the end', async () => {
    const id = newId();
    await house.tamper(async (tx) => {
      await tx.run(copyOf(ids[3] as string, id, 'old'));
      await tx.run(sql`insert into audit_leaf (seq, event_id, hash) values (20, ${id}, sha256('x'))`);
      await rehash(tx, id);
    });
    expect((await house.verify()).first).toMatchObject({ kind: 'uncovered', seq: 20, id });
  });

  test('an entry numbered twice', async () => {
    const once = sql`audit_leaf_numbers_an_event_once`;
    await house.tamper(async (tx) => {
      await tx.run(sql`alter table audit_leaf drop constraint ${once}`);
      await tx.run(sql`
        update audit_leaf set event_id = ${ids[11]}, hash = (select hash from audit_leaf where seq = 11) where seq = 12`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'altered', seq: 12, id: ids[11] }));
    await house.restore();
    await house.db.run(sql`alter table audit_leaf add constraint ${once} unique (event_id)`);
  });
});

test('entries that changed places are named', async () => {
  await house.tamper(async (tx) => {
    await tx.run(sql`update audit_leaf set seq = 1000 where seq = 12`);
    await tx.run(sql`update audit_leaf set seq = 12 where seq = 14`);
    await tx.run(sql`update audit_leaf set seq = 14 where seq = 1000`);
  });
  expect(await firstWrong()).toMatchObject(both({ kind: 'reordered', seq: 12, id: ids[14] as string }));
});

describe('a back-dated entry is named', () => {
  test('recorded while the clock was set back', async () => {
    house.clock.advance(-86_400_000);
    const [id] = await house.happen(1);
    house.clock.advance(86_400_000);
    await house.sequence();
    expect(await firstWrong()).toMatchObject(both({ kind: 'back_dated', seq: 20, id: id as string }));
    expect((await house.verify({ slackMs: 2 * 86_400_000 })).ok).toBe(true);
  });

  test('or recorded for a day that has not come', async () => {
    house.clock.advance(86_400_000);
    const [id] = await house.happen(1);
    house.clock.advance(-86_400_000);
    await house.sequence();
    expect(await firstWrong()).toMatchObject(both({ kind: 'post_dated', seq: 20, id: id as string }));
  });
});

describe('checkpoints', () => {
  test('one that is missing is told of, and the entries under it are still proved by the next', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_checkpoint where size = 10`)));
    expect(await firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 6, id: ids[6] as string }));
    expect((await house.verify()).findings).toHaveLength(1);
    await house.tamper(async (tx) => void (await tx.run(sql`update audit_event set trace = 'x' where id = ${ids[7]}`)));
    expect((await house.verify()).findings.map((f) => f.kind)).toEqual(['checkpoint', 'altered']);
  });

  test('one of another key is worth nothing', async () => {
    const other = logSigner(keysOf(rootKeyOf(Buffer.alloc(32, 6))));
    await house.tamper(async (tx) => {
      const row = await tx.one<{ note: string }>(sql`select note from audit_checkpoint where size = 11`);
      const real = openCheckpoint(house.signer, row.note);
      if ('refused' in real) throw new Error(real.refused);
      const forged = signCheckpoint({ ...other, origin: house.signer.origin }, real);
      await tx.run(sql`update audit_checkpoint set note = ${forged} where size = 11`);
    });
    expect(await firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 10, id: ids[10] as string }));
  });

  test.each([
    "note = replace(note, E'\\n10\\n', E'\\n11\\n')",
    "note = overlay(note placing 'A' from 60)",
    "note = ''",
    "note = note || 'x'",
  ])('one that was edited is worth nothing: %s', async (change) => {
    await house.tamper(
      async (tx) => void (await tx.run({ text: `update audit_checkpoint set ${change} where size = 10`, values: [] })),
    );
    expect(await firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 6 }));
  });

  test('one that stands under another size is told of', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`update audit_checkpoint set root = sha256('x') where size = 10`);
    });
    expect((await house.verify()).first).toMatchObject({ kind: 'checkpoint', seq: 6 });
  });

  test('a changed tree is never signed on', async () => {
    await house.tamper(
      async (tx) => void (await tx.run(sql`update audit_checkpoint set edge = edge || sha256('x') where size = 20`)),
    );
    await house.happen(1);
    await expect(house.sequence()).rejects.toMatchObject({ code: 'audit.tree_damaged' });
  });
});

describe('the end of the log', () => {
  const cutTo = (size: number) =>
    house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_event where id = any(${ids.slice(size)}::uuid[])`);
      await tx.run(sql`delete from audit_leaf where seq >= ${size}`);
      await tx.run(sql`delete from audit_checkpoint where size > ${size}`);
    });

  test('cut off at a checkpoint is found with the witness, which alone can know', async () => {
    await cutTo(11);
    expect((await house.verify()).ok).toBe(true);
    expect(await firstWrong(witness)).toMatchObject(both({ kind: 'truncated', seq: 11 }));
  });

  test('cut off within a batch is found without one', async () => {
    const lines = await house.exported();
    const cut = lines.slice(0, lines.length - 4);
    expect((await house.verifyCopy(cut)).first).toMatchObject({ kind: 'uncovered', seq: 11 });
  });

  test('cut off is not signed on: the sequencer holds the database against its witness', async () => {
    await cutTo(11);
    await house.happen(30);
    await expect(house.sequence()).rejects.toMatchObject({ code: 'audit.behind_witness' });
  });

  test('replaced by another, rightly signed, is found with the witness, which names the first entry that differs', async () => {
    await house.tamper(async (tx) => {
      await tx.run(sql`delete from audit_leaf where seq >= 11`);
      await tx.run(sql`delete from audit_checkpoint where size > 11`);
      await tx.run(sql`delete from audit_event where id = ${ids[13]}`);
    });
    // The worst case: the attacker also took the witness away, so Reeve numbers again what it finds.
    const { sequenceAll } = await import('../sequence/sequence-batch.ts');
    const { silentLog } = await import('#kit/log/index.ts');
    await house.happen(5);
    await sequenceAll({ db: house.db, keys: house.keys, log: silentLog });
    expect((await house.verify()).ok).toBe(true);
    expect(await firstWrong(witness)).toMatchObject(both({ kind: 'replaced', seq: 13 }));
    await expect(house.sequence()).rejects.toMatchObject({ code: 'audit.forked' });
  });
});

test('stored tree nodes that were changed are told of, though every entry is sound', async () => {
  await house.happenTogether(600);
  await house.sequence();
  await house.tamper(
    async (tx) => void (await tx.run(sql`update audit_node set hash = sha256('x') where level = 8 and index = 1`)),
  );
  expect((await house.verify()).first).toMatchObject({
    kind: 'checkpoint',
    detail: expect.stringContaining('8/1') as string,
  });
  expect((await house.verifyCopy(await house.exported())).ok).toBe(true);
});
