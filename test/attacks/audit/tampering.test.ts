import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { sequenceAll } from '#spine/audit/index.ts';
import { rehash } from '#spine/audit/testing/sound-log.ts';
import { runProcess } from '../../harness/cli.ts';
import { changeLog } from '../search/change-log.ts';
import { keysOfReeve } from '../../harness/keys-of-reeve.ts';
import { byBoth, found, heldLog, sound, type HeldLog, type Verdict } from '../search/held-log.ts';

let log: HeldLog;
beforeAll(async () => {
  log = await heldLog();
}, 180_000);
afterAll(() => log?.close());
beforeEach(() => log.restore());
afterEach(() => log.restore());

test('a log nobody touched is sound, where it lies and as a copy, in a process of its own', async () => {
  expect(log.ids.length).toBeGreaterThan(20);
  expect(log.sizes.length).toBeGreaterThan(4);
  expect(await log.verdicts('--witness', log.witness)).toEqual(byBoth(sound));
  const ran = await runProcess(
    ['audit', 'verify', await log.copy(), '--key', log.key, '--witness', log.witness],
    { REEVE_URL: 'http://127.0.0.1:1', HOME: log.folder },
    log.folder,
  );
  expect([ran.code, ran.err]).toEqual([0, '']);
  expect(ran.out).toMatch(new RegExp(`^ok: ${log.ids.length} entries under ${log.sizes.length} checkpoints`));
});

test('and one that was tampered with ends that process with 9', async () => {
  await changeLog(log.db, (tx) => tx.run(sql`update audit_event set trace = 'x' where id = ${log.ids[9]}`));
  const ran = await runProcess(
    ['audit', 'verify', await log.copy(), '--key', log.key],
    { HOME: log.folder },
    log.folder,
  );
  expect(ran.code).toBe(9);
  expect(ran.err).toContain(`reeve: altered: entry 9 ${log.ids[9]}: entry 9 (${log.ids[9]}) is not what was signed`);
});

const remove = (n: number, numberToo = true): Sql[] => [
  sql`delete from audit_event where id = ${log.ids[n]}`,
  ...(numberToo ? [sql`delete from audit_leaf where seq = ${n}`] : []),
];
const cutTo = (size: number): Sql[] => [
  sql`delete from audit_event where id = any(${log.ids.slice(size)}::uuid[])`,
  sql`delete from audit_leaf where seq >= ${size}`,
  sql`delete from audit_checkpoint where size > ${size}`,
];
const moveUp = (from: number): Sql[] =>
  Array.from(
    { length: log.ids.length - from },
    (_, i) => sql`update audit_leaf set seq = ${from + i - 1} where seq = ${from + i}`,
  );
const exchange = (a: number, b: number): Sql[] => [
  sql`update audit_leaf set seq = 1000000 where seq = ${a}`,
  sql`update audit_leaf set seq = ${a} where seq = ${b}`,
  sql`update audit_leaf set seq = ${b} where seq = 1000000`,
];
const copied = (n: number, id: string): Sql => sql`
  insert into audit_event (id, xid, at, type, actor_kind, actor_id, via, trace, policies, data, sealed, leaf, stamp)
  select ${id}, xid, at, type, actor_kind, actor_id, via, 'forged', policies, data, sealed, leaf, stamp
  from audit_event where id = ${log.ids[n]}`;
const signed = (n: number): number => log.sizes[n] ?? 0;
/**
 * An entry that is not the last of what was signed together, wherever this Reeve's own pace put the ends: past an end the
 * entries of two batches are mixed, and the first wrong one is one that was altered.
 */
const amidst = (): number => {
  const n = log.ids.findIndex((_id, i) => i >= 5 && !log.sizes.includes(i + 1));
  if (n === -1) throw new Error(`no entry is amidst a batch: ${log.sizes.join(', ')}`);
  return n;
};
const forged = newId();

interface Case {
  readonly by: () => readonly Sql[];
  /** Hashes of these are made to agree with their rows, as an attacker would who knows the format. */
  readonly rehashed?: () => readonly string[];
  readonly online: () => Verdict;
  /** Where a copy shows it otherwise. */
  readonly offline?: () => Verdict;
  readonly witnessed?: true;
}
const cases: Readonly<Record<string, Case>> = {
  'an entry altered with all its hashes': {
    by: () => [sql`update audit_event set actor_id = 'somebody else' where id = ${log.ids[8]}`],
    rehashed: () => [log.ids[8] ?? ''],
    online: () => found('altered', 8, log.ids[8]),
  },
  'an entry back-dated with all its hashes': {
    by: () => [sql`update audit_event set at = at - interval '30 days' where id = ${log.ids[10]}`],
    rehashed: () => [log.ids[10] ?? ''],
    online: () => found('altered', 10, log.ids[10]),
  },
  'what an event says of one person moved to another': {
    by: () => [
      sql`update audit_event set subject_id = '00000000-0000-7000-8000-000000000001'
          where id = (select id from audit_event e join audit_leaf l on l.event_id = e.id
                      where e.subject_id is not null and l.seq > 5 order by l.seq limit 1)`,
    ],
    online: () => found('altered', '-' as never),
  },
  'an entry removed': { by: () => remove(7, false), online: () => found('removed', 7, log.ids[7]) },
  'an entry removed with its number': { by: () => remove(7), online: () => found('removed', 7) },
  'an entry removed, and all that follow moved up': {
    by: () => [...remove(amidst()), ...moveUp(amidst() + 1)],
    online: () => found('removed', amidst()),
  },
  'the very last entry removed': {
    by: () => remove(log.ids.length - 1),
    online: () => found('removed', log.ids.length - 1),
  },
  'the number of an entry removed': {
    by: () => [sql`delete from audit_leaf where seq = 7`],
    online: () => found('removed', 7),
  },
  'a whole batch removed with its checkpoint': {
    by: () => [
      sql`delete from audit_event where id = any(${log.ids.slice(signed(1), signed(2))}::uuid[])`,
      sql`delete from audit_leaf where seq >= ${signed(1)} and seq < ${signed(2)}`,
      sql`delete from audit_checkpoint where size = ${signed(2)}`,
    ],
    online: () => found('removed', signed(1)),
  },
  'two neighbours exchanged': { by: () => exchange(5, 6), online: () => found('reordered', 5, log.ids[6]) },
  'two entries of different batches exchanged': {
    by: () => exchange(signed(1) - 1, signed(2)),
    online: () => found('altered', signed(1) - 1, log.ids[signed(2)]),
  },
  'a row put beside the log': {
    by: () => [copied(7, forged)],
    rehashed: () => [forged],
    online: () => found('inserted', '-', forged),
    offline: () => sound,
  },
  'a row squeezed in between, all numbers after it moved': {
    by: () => [
      copied(amidst(), forged),
      ...Array.from({ length: log.ids.length - amidst() }, (_, i) => {
        const seq = log.ids.length - 1 - i;
        return sql`update audit_leaf set seq = ${seq + 1} where seq = ${seq}`;
      }),
      sql`insert into audit_leaf (seq, event_id, hash) values (${amidst()}, ${forged}, sha256('x'))`,
    ],
    rehashed: () => [forged],
    online: () => found('inserted', amidst(), forged),
  },
  'a checkpoint removed': {
    by: () => [sql`delete from audit_checkpoint where size = ${signed(2)}`],
    online: () => found('checkpoint', signed(1), log.ids[signed(1)]),
  },
  'a checkpoint put in the place of another': {
    by: () => [
      sql`update audit_checkpoint set note = (select note from audit_checkpoint where size = ${signed(1)}) where size = ${signed(2)}`,
    ],
    online: () => found('checkpoint', signed(1)),
  },
  'the tail cut off within a batch': {
    by: () => [
      sql`delete from audit_event where id = any(${log.ids.slice(-2)}::uuid[])`,
      sql`delete from audit_leaf where seq >= ${log.ids.length - 2}`,
    ],
    online: () => found('removed', log.ids.length - 2),
  },
  'the tail cut off at a checkpoint, with the last checkpoint an auditor kept': {
    by: () => cutTo(signed(2)),
    witnessed: true,
    online: () => found('truncated', signed(2)),
  },
  'the tail cut off at a checkpoint: the running Reeve has its own, a copy alone cannot know': {
    by: () => cutTo(signed(2)),
    online: () => found('truncated', signed(2)),
    offline: () => sound,
  },
  'the whole log removed, with the last checkpoint an auditor kept': {
    by: () => cutTo(0),
    witnessed: true,
    online: () => found('truncated', 0),
  },
};
test.each(Object.entries(cases))('%s: found, by the first wrong entry', async (what, one) => {
  await changeLog(log.db, async (tx) => {
    for (const statement of one.by()) await tx.run(statement);
    for (const id of one.rehashed?.() ?? []) await rehash(tx, id);
  });
  const verdict = await log.verdicts(...(one.witnessed === true ? ['--witness', log.witness] : []));
  const online = what.startsWith('what an event says')
    ? { code: 9, said: expect.stringMatching(/^reeve: altered: entry \d+ /) as string }
    : one.online();
  expect(verdict).toEqual({ online, offline: one.offline?.() ?? online });
});

test('replaced from a point on by somebody who has the root key: found with the witness, which names the first that differs', async () => {
  const keys = await keysOfReeve(log.reeve.dataDir, log.db);
  const from = signed(2);
  await changeLog(log.db, async (tx) => {
    await tx.run(sql`delete from audit_event where id = ${log.ids[from + 1]}`);
    await tx.run(sql`delete from audit_leaf where seq >= ${from}`);
    await tx.run(sql`delete from audit_checkpoint where size > ${from}`);
  });
  // The attacker numbers and signs what is left as Reeve would; the log is let go for as long as that takes.
  await log.letGo(() =>
    until(
      async () => {
        await sequenceAll({ db: log.db, keys, log: silentLog });
        const { size } = await log.db.one<{ size: number }>(sql`select max(size) as size from audit_checkpoint`);
        return size >= log.ids.length;
      },
      { timeoutMs: 20_000, what: 'another tree as long as the one witnessed' },
    ),
  );
  const last = log.sizes.at(-2) ?? 0;
  const verdict = await log.verdicts('--witness', log.witness);
  for (const { code, said } of Object.values(verdict)) {
    expect(code).toBe(9);
    const seq = Number(/^reeve: replaced: entry (\d+): /.exec(said)?.[1] ?? -1);
    expect(seq).toBeGreaterThanOrEqual(Math.min(from + 1, last - 1));
    expect(seq).toBeLessThan(log.ids.length);
    expect(said).toContain('this is not the log whose checkpoint was witnessed');
  }
});
