import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { openCheckpoint, signCheckpoint } from '../checkpoint/checkpoint.ts';
import { logSigner } from '../checkpoint/log-key.ts';
import { sequenceAll } from '../sequence/sequence-batch.ts';
import type { LogHouse } from '../testing/log-house.ts';
import { both, soundLog, type SoundLog } from '../testing/sound-log.ts';

let log: SoundLog;
let house: LogHouse;
let ids: readonly string[];
let witness: string;
beforeAll(async () => {
  log = await soundLog();
  ({ house, ids, witness } = log);
});
afterEach(() => house.restore());
afterAll(() => house.drop());

test('entries that changed places are named', async () => {
  await house.tamper(async (tx) => {
    await tx.run(sql`update audit_leaf set seq = 1000 where seq = 12`);
    await tx.run(sql`update audit_leaf set seq = 12 where seq = 14`);
    await tx.run(sql`update audit_leaf set seq = 14 where seq = 1000`);
  });
  expect(await log.firstWrong()).toMatchObject(both({ kind: 'reordered', seq: 12, id: ids[14] as string }));
});

describe('a back-dated entry is named', () => {
  test('recorded while the clock was set back', async () => {
    house.clock.advance(-86_400_000);
    const [id] = await house.happen(1);
    house.clock.advance(86_400_000);
    await house.sequence();
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'back_dated', seq: 20, id: id as string }));
    expect((await house.verify({ slackMs: 2 * 86_400_000 })).ok).toBe(true);
  });

  test('or recorded for a day that has not come', async () => {
    house.clock.advance(86_400_000);
    const [id] = await house.happen(1);
    house.clock.advance(-86_400_000);
    await house.sequence();
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'post_dated', seq: 20, id: id as string }));
  });
});

describe('checkpoints', () => {
  test('one that is missing is told of, and the entries under it are still proved by the next', async () => {
    await house.tamper(async (tx) => void (await tx.run(sql`delete from audit_checkpoint where size = 10`)));
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 6, id: ids[6] as string }));
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
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 10, id: ids[10] as string }));
  });

  test.each([
    "note = replace(note, E'\\n10\\n', E'\\n11\\n')",
    "note = overlay(note placing case substr(note, 60, 1) when 'A' then 'B' else 'A' end from 60)",
    "note = ''",
    "note = note || 'x'",
  ])('one that was edited is worth nothing: %s', async (change) => {
    await house.tamper(
      async (tx) => void (await tx.run({ text: `update audit_checkpoint set ${change} where size = 10`, values: [] })),
    );
    expect(await log.firstWrong()).toMatchObject(both({ kind: 'checkpoint', seq: 6 }));
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
    expect(await log.firstWrong(witness)).toMatchObject(both({ kind: 'truncated', seq: 11 }));
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
    await house.happen(5);
    await sequenceAll({ db: house.db, keys: house.keys, log: silentLog });
    expect((await house.verify()).ok).toBe(true);
    expect(await log.firstWrong(witness)).toMatchObject(both({ kind: 'replaced', seq: 13 }));
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
