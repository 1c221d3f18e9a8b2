import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '#kit/clock/index.ts';
import { keysOf, rootKeyOf } from '#kit/crypto/index.ts';
import { migrate, openDb, sql, startEmbedded, type Db, type Sql, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import {
  appendEvent,
  appendEvents,
  checkProof,
  defineEvent,
  logSigner,
  personal,
  proofFor,
  pub,
  startSequencer,
  type Happening,
} from '#spine/audit/index.ts';
import type { BenchLine } from './report.ts';

const keys = keysOf(rootKeyOf(Buffer.alloc(32, 1)));

const grantEnded = defineEvent('grant.ended', {
  grantId: pub(z.uuid()),
  identityId: pub(z.uuid()),
  entitlementId: pub(z.uuid()),
  reason: pub(z.string()),
  justification: personal(z.string().optional()),
});

const people = Array.from({ length: 200 }, () => newId());

/** An event as they are: a person acted from somewhere, about another person; every fourth has a personal field. */
const happening = (n: number): Happening<typeof grantEnded> => ({
  event: grantEnded,
  subject: people[n % people.length],
  data: {
    grantId: newId(),
    identityId: people[n % people.length] as string,
    entitlementId: newId(),
    reason: 'the certifier revoked it in the campaign of the first quarter',
    justification: n % 4 === 0 ? 'Moved to the data platform team in March and no longer needs it' : undefined,
  },
  principal: { kind: 'identity', id: people[(n * 7) % people.length] as string },
  origin: { via: 'console', signinId: newId(), address: '192.0.2.10' },
  trace: newId(),
  decision: {
    id: newId(),
    allowed: true,
    policies: ['certifications.certifiers_decide_their_items'],
    obligations: [],
    errors: [],
    version: 's1.c1',
  },
});

interface Pattern {
  readonly name: string;
  readonly clients: number;
  readonly perTransaction: number;
  readonly events: number;
}
const PATTERNS: readonly Pattern[] = [
  { name: 'one event a transaction, one client', clients: 1, perTransaction: 1, events: 2000 },
  { name: 'one event a transaction, eight clients', clients: 8, perTransaction: 1, events: 6000 },
  { name: 'a hundred events a transaction, one client', clients: 1, perTransaction: 100, events: 40_000 },
];
const ROUNDS = 9;
/** No new round of a pattern begins after this long, but four there are always. */
const ENOUGH_MS = 30_000;

/** Runs transactions of a pattern and returns when the last has committed. */
async function drive(db: Db, pattern: Pattern, work: (tx: Tx, first: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const first = next;
      if (first >= pattern.events) return;
      next += pattern.perTransaction;
      await db.tx((tx) => work(tx, first));
    }
  };
  await Promise.all(Array.from({ length: pattern.clients }, client));
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
};

/** Appends, waits until the running sequencer has signed all of it, and proves a sample by inclusion. */
async function throughTheLog(db: Db, pattern: Pattern, events: readonly Happening[]): Promise<void> {
  const ids: string[] = [];
  await drive(db, pattern, async (tx, first) => {
    if (pattern.perTransaction === 1) ids.push(await appendEvent(tx, keys, events[first] as Happening));
    else ids.push(...(await appendEvents(tx, keys, events.slice(first, first + pattern.perTransaction))));
  });
  const last = [...ids].sort().at(-1) as string;
  while ((await db.maybe(sql`select 1 from audit_leaf where event_id = ${last}`)) === undefined) await pause(5);
  const sample = [ids[0] as string, ids[Math.floor(ids.length / 2)] as string, last];
  for (const id of sample) {
    const problem = checkProof(await db.tx((tx) => proofFor(tx, logSigner(keys), id)), logSigner(keys));
    if (problem !== undefined) throw new Error(problem);
  }
}

type BareRow = Readonly<Record<string, unknown>>;
const COLUMNS = [
  'id',
  'at',
  'type',
  'actor_kind',
  'actor_id',
  'via',
  'signin_id',
  'address',
  'subject_id',
  'trace',
  'decision_id',
  'policies',
  'data',
  'sealed',
  'leaf',
  'stamp',
] as const;

/** Rows of the log, byte for byte, under new ids, to insert without the log's work. */
async function bareRows(db: Db, count: number): Promise<BareRow[]> {
  const rows = await db.many<BareRow>(sql`
    select id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, type, actor_kind, actor_id, via, signin_id, address, subject_id, trace, decision_id,
      policies::text as policies, data::text as data, sealed::text as sealed, leaf, stamp
    from audit_event order by id desc limit ${count}`);
  return rows.map((row) => ({ ...row, id: newId() }));
}

const TYPES: Readonly<Record<string, string>> = {
  id: 'uuid',
  at: 'timestamptz',
  subject_id: 'uuid',
  policies: 'jsonb',
  data: 'jsonb',
  sealed: 'jsonb',
  leaf: 'bytea',
  stamp: 'bytea',
};
const camel = (column: string): string => column.replaceAll(/_(.)/g, (_, c: string) => c.toUpperCase());

/** The plainest of inserts, prepared like the log's own: values for one row, arrays for many. */
function bareInsert(rows: readonly BareRow[]): Sql {
  const into = sql`insert into bare_event (${sql.join(
    COLUMNS.map((c) => sql.id(c)),
    sql`, `,
  )})`;
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    return sql.named(
      'bare_one',
      sql`${into} values (${sql.join(
        COLUMNS.map((c) => sql`${only[camel(c)]}`),
        sql`, `,
      )})`,
    );
  }
  const arrays = COLUMNS.map((c) => sql`${rows.map((row) => row[camel(c)])}::${sql.id(TYPES[c] ?? 'text')}[]`);
  return sql.named('bare_many', sql`${into} select * from unnest(${sql.join(arrays, sql`, `)})`);
}

async function bare(db: Db, pattern: Pattern, rows: readonly BareRow[]): Promise<void> {
  await drive(db, pattern, (tx, first) => tx.run(bareInsert(rows.slice(first, first + pattern.perTransaction))));
}

/**
 * append_cost: the time to append events, have them numbered under a signed checkpoint by the running sequencer
 * and prove a sample by inclusion, over the time to insert the same rows, byte for byte and in transactions of
 * the same size, into a plain table of the same columns and indexes. Alternately in one run, on PostgreSQL with
 * fsync on; the quickest round of each counts, since whatever else the machine does only ever adds.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'reeve-bench-audit-'));
  const server = await startEmbedded({ dataDir, log: silentLog });
  try {
    await migrate({ url: server.url, allowGaps: true });
    const db = await openDb({ url: server.url, clock: systemClock, log: silentLog, max: 12 });
    const lines = await measure(db, dataDir);
    await db.close();
    return lines;
  } finally {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(db: Db, dataDir: string): Promise<BenchLine[]> {
  await db.run(sql`create table bare_event (like audit_event including all)`);
  const sequencer = startSequencer({
    db,
    keys,
    clock: systemClock,
    log: silentLog,
    witnessPath: join(dataDir, 'witness'),
  });
  const lines: BenchLine[] = [];
  for (const pattern of PATTERNS) {
    const events = Array.from({ length: pattern.events }, (_, n) => happening(n) as unknown as Happening);
    await throughTheLog(db, pattern, events);
    await bare(db, pattern, await bareRows(db, pattern.events));
    const logged: number[] = [];
    const plain: number[] = [];
    const began = performance.now();
    for (let round = 0; round < ROUNDS && (round < 4 || performance.now() - began < ENOUGH_MS); round += 1) {
      const rows = await bareRows(db, pattern.events);
      logged.push(await seconds(() => throughTheLog(db, pattern, events)));
      plain.push(await seconds(() => bare(db, pattern, rows)));
    }
    const value = (Math.min(...logged) / pattern.events) * 1e6;
    const baseline = (Math.min(...plain) / pattern.events) * 1e6;
    const unit = 'us an event';
    lines.push({
      bench: 'audit',
      case: pattern.name,
      metric: 'append_cost',
      value,
      unit,
      baseline,
      ratio: value / baseline,
    });
  }
  await sequencer.stop();
  return lines;
}
