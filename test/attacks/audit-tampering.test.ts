import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keysOf, rootKeyFile } from '#kit/crypto/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { openDb, sql, startEmbedded, type Db, type Embedded, type Sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { enrolActor } from '#lab/demo/cast.ts';
import { runCommand } from '#lab/index.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { sequenceAll } from '#spine/audit/index.ts';
import { rehash } from '#spine/audit/testing/sound-log.ts';
import { runHere, runProcess, type Ran } from '../harness/cli.ts';
import { changeLog, LOG_TABLES } from './search/change-log.ts';

const NOBODY = '00000000-0000-7000-8000-00000000abcd';
/** Held by whoever numbers entries; while a test holds it, the log stands still and events only wait. */
const PEN = 7_237_461_915_002;

const folder = mkdtempSync(join(tmpdir(), 'audit-tampering-'));
let reeve: Reeve;
let embedded: Embedded;
let db: Db;
let pen: Client;
let token: string;
let key: string;
/** Signed while nothing was wrong, and kept by the auditor. */
let witness: string;
/** Ids of the entries, by number. */
let ids: string[];
/** Sizes of the tree that were signed, in order. */
let sizes: number[];

const inReeve = (...args: string[]): Promise<Ran> => runHere(args, { REEVE_URL: reeve.url, REEVE_TOKEN: token });
/** What an auditor far away runs: a file and the key, and no Reeve to ask. */
const away = (...args: string[]): Promise<Ran> =>
  runHere(args, { REEVE_URL: 'http://127.0.0.1:1', REEVE_TOKEN: '', REEVE_CREDENTIALS: join(folder, 'none') });

let copies = 0;
async function copy(): Promise<string> {
  const path = join(folder, `copy-${(copies += 1)}.jsonl`);
  const ran = await inReeve('audit', 'export', path);
  expect([ran.code, ran.err.replace(/Wrote [^]*/, '')]).toEqual([0, '']);
  return path;
}

beforeAll(async () => {
  reeve = await startReeve({ timeoutMs: 90_000 });
  const administrator = await enrolActor(reeve.url, reeve.firstToken(), 'first-administrator', 'First Administrator');
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  token = (await administrator.post<{ token: string }>('/v1/tokens', { name: 'audit', scopes: ['read'], endsAt }))
    .token;
  embedded = await startEmbedded({ dataDir: reeve.dataDir, log: silentLog });
  db = await openDb({ url: embedded.url, clock: systemClock, log: silentLog, max: 2 });
  pen = new Client({ connectionString: embedded.url });
  await pen.connect();
  // More to tamper with: entries of people and of nobody, with decisions and sealed fields, under several checkpoints.
  for (let round = 0; round < 6; round += 1) {
    await administrator.post('/v1/ssh-keys', { publicKey: 'no key' }).catch(() => undefined);
    await fetch(`${reeve.url}/v1/audit/events`).catch(() => undefined);
    await administrator.post('/v1/tokens', { name: `round ${round}`, scopes: ['read'], endsAt });
    await administrator.get('/v1/audit/export?from=0&begins=true');
    await administrator.put(`/v1/sources/source-${round}`, { timeZone: 'Europe/Berlin' });
    await numbered();
  }
  key =
    /"publicKey":"([^"]+)"/.exec((await inReeve('audit', 'key', '--json')).out.replaceAll(/": "/g, '":"'))?.[1] ?? '';
  await hold();
  const log = await db.many<{ id: string }>(sql`select event_id as id from audit_leaf order by seq`);
  ids = log.map((row) => row.id);
  const signed = await db.many<{ size: number; note: string }>(
    sql`select size, note from audit_checkpoint order by size`,
  );
  sizes = signed.map((row) => row.size);
  witness = join(folder, 'witness');
  writeFileSync(witness, signed.at(-1)?.note ?? '');
  for (const table of LOG_TABLES)
    await db.run(sql`create table ${sql.id(`kept_${table}`)} as select * from ${sql.id(table)}`);
}, 180_000);
afterAll(async () => {
  await pen?.end().catch(() => undefined);
  await db?.close().catch(() => undefined);
  await reeve?.stop();
  await embedded?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const numbered = (): Promise<unknown> =>
  until(
    async () =>
      (
        await db.one<{ n: number }>(
          sql`select count(*) as n from audit_event e where not exists (select from audit_leaf l where l.event_id = e.id)`,
        )
      ).n === 0,
    { timeoutMs: 20_000, what: 'every event to have a number' },
  );
const hold = async (): Promise<void> => void (await pen.query('select pg_advisory_lock($1)', [PEN]));

/** Puts back what was there, and leaves what Reeve has recorded since: it keeps running through all of this. */
async function restore(): Promise<void> {
  await changeLog(db, async (tx) => {
    for (const table of LOG_TABLES) {
      const kept = sql.id(`kept_${table}`);
      if (table === 'audit_event')
        await tx.run(
          sql`delete from audit_event where id in (select id from ${kept}) or id = ${NOBODY} or trace = 'forged'`,
        );
      else await tx.run(sql`delete from ${sql.id(table)}`);
      await tx.run(sql`insert into ${sql.id(table)} select * from ${kept}`);
    }
  });
}

/** What both verifiers say, of the log where it lies and of a copy taken from it. */
interface Verdict {
  readonly code: number;
  readonly said: string;
}
async function verdicts(...more: string[]): Promise<{ readonly online: Verdict; readonly offline: Verdict }> {
  const verdict = ({ code, err, out }: Ran): Verdict => ({ code, said: (err + out).trim() });
  const online = verdict(await inReeve('audit', 'verify', '--key', key, ...more));
  const offline = verdict(await away('audit', 'verify', await copy(), '--key', key, ...more));
  return { online, offline };
}
const found = (kind: string, seq: number | '-', id?: string): Verdict => ({
  code: 9,
  said: expect.stringMatching(
    new RegExp(
      `^reeve: ${kind}: entry ${seq}${id === undefined ? '' : ` ${id}`}[ :].*\\(integrity\\.audit_log\\)$`,
      's',
    ),
  ) as string,
});
const sound: Verdict = {
  code: 0,
  said: expect.stringMatching(/^ok: \d+ entries under|ok: \d+ entries under/) as string,
};
const byBoth = (verdict: Verdict): { online: Verdict; offline: Verdict } => ({ online: verdict, offline: verdict });

describe('while Reeve runs', () => {
  beforeEach(() => restore());
  afterEach(() => restore());

  test('a log nobody touched is sound, where it lies and as a copy, in a process of its own', async () => {
    expect(ids.length).toBeGreaterThan(20);
    expect(sizes.length).toBeGreaterThan(4);
    expect(await verdicts('--witness', witness)).toEqual(byBoth(sound));
    const ran = await runProcess(
      ['audit', 'verify', await copy(), '--key', key, '--witness', witness],
      { REEVE_URL: 'http://127.0.0.1:1', HOME: folder },
      folder,
    );
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(new RegExp(`^ok: ${ids.length} entries under ${sizes.length} checkpoints`));
  });

  test('and one that was tampered with ends that process with 9', async () => {
    await changeLog(db, (tx) => tx.run(sql`update audit_event set trace = 'x' where id = ${ids[9]}`));
    const ran = await runProcess(['audit', 'verify', await copy(), '--key', key], { HOME: folder }, folder);
    expect(ran.code).toBe(9);
    expect(ran.err).toContain(`reeve: altered: entry 9 ${ids[9]}: entry 9 (${ids[9]}) is not what was signed`);
  });

  /** Another value of that type, by the type's name in the catalogue. */
  const another: Readonly<Record<string, (column: Sql) => Sql>> = {
    uuid: () => sql`${NOBODY}::uuid`,
    text: (column) => sql`coalesce(${column}, '') || 'x'`,
    'timestamp with time zone': (column) => sql`${column} - interval '1 second'`,
    jsonb: (column) =>
      sql`case when jsonb_typeof(${column}) = 'array' then ${column} || '["x"]' else ${column} || '{"x":"eA=="}' end`,
    bytea: (column) => sql`set_byte(${column}, 0, (get_byte(${column}, 0) + 1) % 256)`,
    bigint: (column) => sql`${column} + 1000000`,
    smallint: (column) => sql`${column} + 8`,
    xid8: () => sql`'1'::xid8`,
  };
  /** Where the numbering goes on, which nobody reads and nothing proves: what they would hide is told of by itself. */
  const BOOKKEEPING = new Set(['audit_event.xid', 'audit_checkpoint.last_xid', 'audit_checkpoint.last_id']);
  /** Only the database has them: a copy is sound without, and says so. */
  const NOT_IN_A_COPY = new Set([
    'audit_event.leaf',
    'audit_event.stamp',
    'audit_leaf.hash',
    'audit_checkpoint.root',
    'audit_checkpoint.edge',
    'audit_checkpoint.at',
  ]);

  async function columnsOf(table: string): Promise<{ readonly name: string; readonly type: string }[]> {
    return await db.many(sql`
      select column_name as name, data_type as type from information_schema.columns
      where table_schema = 'public' and table_name = ${table} order by ordinal_position`);
  }

  test('every column of an entry: another value is found, and the first entry that has one is named', async () => {
    const verdictOf: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    for (const { name, type } of await columnsOf('audit_event')) {
      const column = sql.id(name);
      const value = another[type]?.(column);
      if (value === undefined) throw new Error(`no other value for ${name} ${type}`);
      const which = name === 'id' || name === 'actor_kind' ? [7] : [7, 12];
      await changeLog(db, async (tx) => {
        for (const n of which)
          await tx.run(
            name === 'actor_kind'
              ? sql`update audit_event set actor_kind = case actor_kind when 'component' then 'anonymous' else 'component' end where id = ${ids[n]}`
              : sql`update audit_event set ${column} = ${value} where id = ${ids[n]}`,
          );
      });
      verdictOf[name] = await verdicts();
      await restore();
      const full = `audit_event.${name}`;
      const altered = name === 'id' ? found('removed', 7, ids[7]) : found('altered', 7, ids[7]);
      expected[name] = BOOKKEEPING.has(full)
        ? byBoth(sound)
        : { online: altered, offline: NOT_IN_A_COPY.has(full) ? sound : altered };
    }
    expect(Object.keys(verdictOf).length).toBeGreaterThan(16);
    expect(verdictOf).toEqual(expected);
  }, 120_000);

  test('every column of the numbering and of a checkpoint', async () => {
    const verdictOf: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    const [before = 0, at = 0] = sizes.slice(1, 3);
    for (const table of ['audit_leaf', 'audit_checkpoint']) {
      for (const { name, type } of await columnsOf(table)) {
        const column = sql.id(name);
        const value = another[type]?.(column);
        if (value === undefined) throw new Error(`no other value for ${name} ${type}`);
        const row = table === 'audit_leaf' ? sql`seq = 7` : sql`size = ${at}`;
        await changeLog(db, (tx) => tx.run(sql`update ${sql.id(table)} set ${column} = ${value} where ${row}`));
        const full = `${table}.${name}`;
        verdictOf[full] = await verdicts();
        await restore();
        const wrong =
          table === 'audit_checkpoint'
            ? found('checkpoint', before)
            : found(name === 'hash' ? 'altered' : 'removed', 7);
        expected[full] = BOOKKEEPING.has(full)
          ? byBoth(sound)
          : { online: wrong, offline: NOT_IN_A_COPY.has(full) ? sound : wrong };
      }
    }
    expect(Object.keys(verdictOf)).toHaveLength(10);
    expect(verdictOf).toEqual(expected);
  }, 120_000);

  const remove = (n: number, numberToo = true): Sql[] => [
    sql`delete from audit_event where id = ${ids[n]}`,
    ...(numberToo ? [sql`delete from audit_leaf where seq = ${n}`] : []),
  ];
  const cutTo = (size: number): Sql[] => [
    sql`delete from audit_event where id = any(${ids.slice(size)}::uuid[])`,
    sql`delete from audit_leaf where seq >= ${size}`,
    sql`delete from audit_checkpoint where size > ${size}`,
  ];
  const moveUp = (from: number): Sql[] =>
    Array.from(
      { length: ids.length - from },
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
    from audit_event where id = ${ids[n]}`;
  const signed = (n: number): number => sizes[n] ?? 0;
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
      by: () => [sql`update audit_event set actor_id = 'somebody else' where id = ${ids[8]}`],
      rehashed: () => [ids[8] ?? ''],
      online: () => found('altered', 8, ids[8]),
    },
    'an entry back-dated with all its hashes': {
      by: () => [sql`update audit_event set at = at - interval '30 days' where id = ${ids[10]}`],
      rehashed: () => [ids[10] ?? ''],
      online: () => found('altered', 10, ids[10]),
    },
    'what an event says of one person moved to another': {
      by: () => [
        sql`update audit_event set subject_id = '00000000-0000-7000-8000-000000000001'
            where id = (select id from audit_event e join audit_leaf l on l.event_id = e.id
                        where e.subject_id is not null and l.seq > 5 order by l.seq limit 1)`,
      ],
      online: () => found('altered', '-' as never),
    },
    'an entry removed': { by: () => remove(7, false), online: () => found('removed', 7, ids[7]) },
    'an entry removed with its number': { by: () => remove(7), online: () => found('removed', 7) },
    'an entry removed, and all that follow moved up': {
      by: () => [...remove(7), ...moveUp(8)],
      online: () => found('removed', 7),
    },
    'the very last entry removed': {
      by: () => remove(ids.length - 1),
      online: () => found('removed', ids.length - 1),
    },
    'the number of an entry removed': {
      by: () => [sql`delete from audit_leaf where seq = 7`],
      online: () => found('removed', 7),
    },
    'a whole batch removed with its checkpoint': {
      by: () => [
        sql`delete from audit_event where id = any(${ids.slice(signed(1), signed(2))}::uuid[])`,
        sql`delete from audit_leaf where seq >= ${signed(1)} and seq < ${signed(2)}`,
        sql`delete from audit_checkpoint where size = ${signed(2)}`,
      ],
      online: () => found('removed', signed(1)),
    },
    'two neighbours exchanged': { by: () => exchange(5, 6), online: () => found('reordered', 5, ids[6]) },
    'two entries of different batches exchanged': {
      by: () => exchange(signed(1) - 1, signed(2)),
      online: () => found('altered', signed(1) - 1, ids[signed(2)]),
    },
    'a row put beside the log': {
      by: () => [copied(7, forged)],
      rehashed: () => [forged],
      online: () => found('inserted', '-', forged),
      offline: () => sound,
    },
    'a row squeezed in between, all numbers after it moved': {
      by: () => [
        copied(7, forged),
        ...Array.from({ length: ids.length - 7 }, (_, i) => {
          const seq = ids.length - 1 - i;
          return sql`update audit_leaf set seq = ${seq + 1} where seq = ${seq}`;
        }),
        sql`insert into audit_leaf (seq, event_id, hash) values (7, ${forged}, sha256('x'))`,
      ],
      rehashed: () => [forged],
      online: () => found('inserted', 7, forged),
    },
    'a checkpoint removed': {
      by: () => [sql`delete from audit_checkpoint where size = ${signed(2)}`],
      online: () => found('checkpoint', signed(1), ids[signed(1)]),
    },
    'a checkpoint put in the place of another': {
      by: () => [
        sql`update audit_checkpoint set note = (select note from audit_checkpoint where size = ${signed(1)}) where size = ${signed(2)}`,
      ],
      online: () => found('checkpoint', signed(1)),
    },
    'the tail cut off within a batch': {
      by: () => [
        sql`delete from audit_event where id = any(${ids.slice(-2)}::uuid[])`,
        sql`delete from audit_leaf where seq >= ${ids.length - 2}`,
      ],
      online: () => found('removed', ids.length - 2),
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
    await changeLog(db, async (tx) => {
      for (const statement of one.by()) await tx.run(statement);
      for (const id of one.rehashed?.() ?? []) await rehash(tx, id);
    });
    const verdict = await verdicts(...(one.witnessed === true ? ['--witness', witness] : []));
    const online = what.startsWith('what an event says')
      ? { code: 9, said: expect.stringMatching(/^reeve: altered: entry \d+ /) as string }
      : one.online();
    expect(verdict).toEqual({ online, offline: one.offline?.() ?? online });
  });

  test('replaced from a point on by somebody who has the root key: found with the witness, which names the first that differs', async () => {
    const keys = keysOf(await rootKeyFile(join(reeve.dataDir, 'root.key'), { create: false }).open());
    const from = signed(2);
    await changeLog(db, async (tx) => {
      await tx.run(sql`delete from audit_event where id = ${ids[from + 1]}`);
      await tx.run(sql`delete from audit_leaf where seq >= ${from}`);
      await tx.run(sql`delete from audit_checkpoint where size > ${from}`);
    });
    // The attacker numbers and signs what is left as Reeve would; the pen is let go for as long as that takes.
    await pen.query('select pg_advisory_unlock($1)', [PEN]);
    try {
      await until(
        async () => {
          await sequenceAll({ db, keys, log: silentLog });
          const { size } = await db.one<{ size: number }>(sql`select max(size) as size from audit_checkpoint`);
          return size >= ids.length;
        },
        { timeoutMs: 20_000, what: 'another tree as long as the one witnessed' },
      );
    } finally {
      await hold();
    }
    const last = sizes.at(-2) ?? 0;
    const verdict = await verdicts('--witness', witness);
    for (const { code, said } of Object.values(verdict)) {
      expect(code).toBe(9);
      const seq = Number(/^reeve: replaced: entry (\d+): /.exec(said)?.[1] ?? -1);
      expect(seq).toBeGreaterThanOrEqual(Math.min(from + 1, last - 1));
      expect(seq).toBeLessThan(ids.length);
      expect(said).toContain('this is not the log whose checkpoint was witnessed');
    }
  });
});

test('an older backup restored is found by the checkpoint Reeve kept outside, and by the auditor', async () => {
  await restore();
  await pen.query('select pg_advisory_unlock($1)', [PEN]);
  await numbered();
  await pen.end();
  await db.close();
  await embedded.stop();
  await reeve.stop({ keep: true });
  const [cluster, backup] = [join(reeve.dataDir, 'postgres'), join(folder, 'backup')];
  await cp(cluster, backup);

  await reeve.restart();
  const before = await newest();
  expect((await inReeve('audit', 'verify')).code).toBe(0);
  const after = await until(
    async () => {
      const now = await newest();
      return now.size > before.size && now;
    },
    { timeoutMs: 20_000, what: 'a checkpoint over what happened since' },
  );
  const kept = join(folder, 'kept');
  writeFileSync(kept, after.checkpoint);
  await reeve.stop({ keep: true });

  rmSync(cluster, { recursive: true });
  await cp(backup, cluster);
  await reeve.restart();
  const ran = await inReeve('audit', 'verify');
  expect(ran.code).toBe(9);
  expect(ran.err).toMatch(
    /^reeve: truncated: entry \d+: the log ends after \d+ entries, but a checkpoint of \d+ entries/,
  );
  await until(() => reeve.output().includes('audit.behind_witness'), {
    timeoutMs: 10_000,
    what: 'Reeve to say that the database is older than what it witnessed',
  });
  const offline = await away('audit', 'verify', await copy(), '--key', key, '--witness', kept);
  expect(offline.code).toBe(9);
  expect(offline.err).toMatch(/^reeve: truncated: entry \d+: /);
}, 180_000);

/** With owners and modes: as root, PostgreSQL runs as another user. */
async function cp(from: string, to: string): Promise<void> {
  const ran = await runCommand('cp', ['-a', from, to]);
  if (ran.code !== 0) throw new Error(ran.stderr);
}

async function newest(): Promise<{ readonly size: number; readonly checkpoint: string }> {
  return JSON.parse((await inReeve('audit', 'key', '--json')).out) as { size: number; checkpoint: string };
}
