import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect } from 'vitest';
import { systemClock } from '#kit/clock/index.ts';
import { openDb, sql, startEmbedded, type Db } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { until } from '#kit/testing/index.ts';
import { enrolActor } from '#lab/demo/cast.ts';
import { startReeve, type Reeve } from '#lab/reeve/start-reeve.ts';
import { runHere, type Ran } from '../../harness/cli.ts';
import { changeLog, LOG_TABLES } from './change-log.ts';

/** The id an entry is given by whoever tampers. */
export const NOBODY = '00000000-0000-7000-8000-00000000abcd';
/** Held by whoever numbers entries; while a test holds it, the log stands still and events only wait. */
const PEN = 7_237_461_915_002;

/** What a verifier said and how it ended. */
export interface Verdict {
  readonly code: number;
  readonly said: string;
}

/** A running Reeve whose log stands still, and somebody with all rights in its database. */
export interface HeldLog {
  readonly reeve: Reeve;
  readonly db: Db;
  /** For files of the test. */
  readonly folder: string;
  /** The public key of its checkpoints. */
  readonly key: string;
  /** A file with the last checkpoint, signed while nothing was wrong and kept by the auditor. */
  readonly witness: string;
  /** Ids of the entries, by number. */
  readonly ids: readonly string[];
  /** Sizes of the tree that were signed, in order. */
  readonly sizes: readonly number[];
  /** A copy of the log as an auditor takes it; its path. */
  copy(): Promise<string>;
  /** What both verifiers say, of the log where it lies and of a copy taken from it. */
  verdicts(...more: string[]): Promise<{ readonly online: Verdict; readonly offline: Verdict }>;
  /** Puts back what was there, and leaves what Reeve has recorded since: it keeps running through all of this. */
  restore(): Promise<void>;
  /** Lets the log be numbered while `work` runs. */
  letGo(work: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** Starts it, with entries of people and of nobody, with decisions and sealed fields, under several checkpoints. */
export async function heldLog(): Promise<HeldLog> {
  const folder = mkdtempSync(join(tmpdir(), 'held-log-'));
  const reeve = await startReeve({ timeoutMs: 90_000 });
  const administrator = await enrolActor(reeve.url, reeve.firstToken(), 'first-administrator', 'First Administrator');
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  const { token } = await administrator.post<{ token: string }>('/v1/tokens', {
    name: 'audit',
    scopes: ['read'],
    endsAt,
  });
  const embedded = await startEmbedded({ dataDir: reeve.dataDir, log: silentLog });
  const db = await openDb({ url: embedded.url, clock: systemClock, log: silentLog, max: 2 });
  const pen = new Client({ connectionString: embedded.url });
  await pen.connect();
  const hold = async (): Promise<void> => void (await pen.query('select pg_advisory_lock($1)', [PEN]));
  const inReeve = (...args: string[]): Promise<Ran> => runHere(args, { REEVE_URL: reeve.url, REEVE_TOKEN: token });
  /** What an auditor far away runs: a file and the key, and no Reeve to ask. */
  const away = (...args: string[]): Promise<Ran> =>
    runHere(args, { REEVE_URL: 'http://127.0.0.1:1', REEVE_TOKEN: '', REEVE_CREDENTIALS: join(folder, 'none') });
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
  for (let round = 0; round < 6; round += 1) {
    await administrator.post('/v1/ssh-keys', { publicKey: 'no key' }).catch(() => undefined);
    await fetch(`${reeve.url}/v1/audit/events`).catch(() => undefined);
    await administrator.post('/v1/tokens', { name: `round ${round}`, scopes: ['read'], endsAt });
    await administrator.get('/v1/audit/export?from=0&begins=true');
    await administrator.put(`/v1/sources/source-${round}`, { timeZone: 'Europe/Berlin' });
    await numbered();
  }
  const shown = (await inReeve('audit', 'key', '--json')).out.replaceAll(/": "/g, '":"');
  const key = /"publicKey":"([^"]+)"/.exec(shown)?.[1] ?? '';
  await hold();
  const ids = (await db.many<{ id: string }>(sql`select event_id as id from audit_leaf order by seq`)).map((r) => r.id);
  const signed = await db.many<{ size: number; note: string }>(
    sql`select size, note from audit_checkpoint order by size`,
  );
  const witness = join(folder, 'witness');
  writeFileSync(witness, signed.at(-1)?.note ?? '');
  for (const table of LOG_TABLES)
    await db.run(sql`create table ${sql.id(`kept_${table}`)} as select * from ${sql.id(table)}`);
  let copies = 0;
  const copy = async (): Promise<string> => {
    const path = join(folder, `copy-${(copies += 1)}.jsonl`);
    const ran = await inReeve('audit', 'export', path);
    expect([ran.code, ran.err.replace(/Wrote [^]*/, '')]).toEqual([0, '']);
    return path;
  };
  const verdict = ({ code, err, out }: Ran): Verdict => ({ code, said: (err + out).trim() });
  return {
    reeve,
    db,
    folder,
    key,
    witness,
    ids,
    sizes: signed.map((row) => row.size),
    copy,
    verdicts: async (...more) => {
      const online = verdict(await inReeve('audit', 'verify', '--key', key, ...more));
      const offline = verdict(await away('audit', 'verify', await copy(), '--key', key, ...more));
      return { online, offline };
    },
    restore: () =>
      changeLog(db, async (tx) => {
        for (const table of LOG_TABLES) {
          const kept = sql.id(`kept_${table}`);
          if (table === 'audit_event')
            await tx.run(
              sql`delete from audit_event where id in (select id from ${kept}) or id = ${NOBODY} or trace = 'forged'`,
            );
          else await tx.run(sql`delete from ${sql.id(table)}`);
          await tx.run(sql`insert into ${sql.id(table)} select * from ${kept}`);
        }
      }),
    letGo: async (work) => {
      await pen.query('select pg_advisory_unlock($1)', [PEN]);
      try {
        await work();
      } finally {
        await hold();
      }
    },
    close: async () => {
      await pen.end().catch(() => undefined);
      await db.close().catch(() => undefined);
      // First: it would start anew what Reeve takes away.
      await embedded.stop();
      await reeve.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The verdict of a verifier that found it, and named the first wrong entry by number and, where given, by id. */
export const found = (kind: string, seq: number | '-', id?: string): Verdict => ({
  code: 9,
  said: expect.stringMatching(
    new RegExp(
      `^reeve: ${kind}: entry ${seq}${id === undefined ? '' : ` ${id}`}[ :].*\\(integrity\\.audit_log\\)$`,
      's',
    ),
  ) as string,
});
export const sound: Verdict = { code: 0, said: expect.stringMatching(/ok: \d+ entries under/) as string };
export const byBoth = (verdict: Verdict): { online: Verdict; offline: Verdict } => ({
  online: verdict,
  offline: verdict,
});
