import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { keysOf, rootKeyOf, type Keys } from '#kit/crypto/index.ts';
import { sql, type Db, type Tx } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { appendEvent, appendEvents, type Happening } from '../record/append-event.ts';
import { logSigner, type LogSigner } from '../checkpoint/log-key.ts';
import { witnessFile } from '../checkpoint/witness-file.ts';
import { defineEvent, personal, pub } from '../event-type.ts';
import { exportLines } from '../read/export-log.ts';
import { sequenceAll } from '../sequence/sequence-batch.ts';
import type { Verification } from '../verify/finding.ts';
import { verifyDatabase, type DatabaseVerification } from '../verify/verify-database.ts';
import { verifyExport, type VerifyOptions } from '../verify/verify-export.ts';

const TABLES = ['audit_event', 'audit_leaf', 'audit_node', 'audit_checkpoint', 'audit_refused'];

export const doorOpened = defineEvent('door.opened', {
  door: pub(z.string()),
  times: pub(z.number()),
  name: personal(z.string().optional()),
});

/** A database, keys and a witness, and short words for what tests of the log do over and over. */
export interface LogHouse extends TestDatabase {
  readonly keys: Keys;
  readonly signer: LogSigner;
  /** Records `count` events in a transaction each. */
  happen(count?: number, over?: Partial<Happening<typeof doorOpened>>): Promise<string[]>;
  /** Records them in one transaction. */
  happenTogether(count: number): Promise<string[]>;
  sequence(): Promise<number>;
  witnessed(): Promise<string>;
  exported(from?: number): Promise<string[]>;
  verify(options?: VerifyOptions): Promise<DatabaseVerification>;
  verifyCopy(lines: readonly string[], options?: VerifyOptions): Promise<Verification>;
  /** Runs SQL as whoever owns the database, with every trigger off: the attacker the verifier is made for. */
  tamper(work: (tx: Tx) => Promise<void>): Promise<void>;
  /** Keeps the log as it is now, for `restore` to bring back after each test; quicker than a database a test. */
  save(): Promise<void>;
  restore(): Promise<void>;
}

export const happening = (
  n: number,
  over: Partial<Happening<typeof doorOpened>> = {},
): Happening<typeof doorOpened> => ({
  event: doorOpened,
  data: { door: `door ${n}`, times: n },
  principal: { kind: 'component', id: 'test' },
  origin: { via: 'worker' },
  trace: `trace-${n}`,
  decision: { id: newId(), allowed: true, policies: ['house.rule'], obligations: [], errors: [], version: 's1' },
  ...over,
});

export async function logHouse(): Promise<LogHouse> {
  const base = await testDatabase();
  const { db } = base;
  const keys = keysOf(rootKeyOf(Buffer.alloc(32, 5)));
  const signer = logSigner(keys);
  const folder = await mkdtemp(join(tmpdir(), 'reeve-audit-'));
  const path = join(folder, 'witness');
  let witness = witnessFile(path, signer);
  let savedWitness = '';
  let counter = 0;
  const next = (over?: Partial<Happening<typeof doorOpened>>): Happening<typeof doorOpened> =>
    happening((counter += 1), over);
  return {
    ...base,
    keys,
    signer,
    happen: async (count = 1, over) => {
      const ids: string[] = [];
      for (let i = 0; i < count; i += 1) ids.push(await db.tx((tx) => appendEvent(tx, keys, next(over))));
      return ids;
    },
    happenTogether: (count) =>
      db.tx((tx) =>
        appendEvents(
          tx,
          keys,
          Array.from({ length: count }, () => next() as unknown as Happening),
        ),
      ),
    sequence: () => sequenceAll({ db, keys, log: silentLog, witness }),
    witnessed: () => readFile(path, 'utf8'),
    exported: async (from) => {
      const lines: string[] = [];
      for await (const line of exportLines(db, signer, from)) lines.push(line);
      return lines;
    },
    verify: (options) => verifyDatabase(db, signer, options),
    verifyCopy: (lines, options) => verifyExport(Readable.from(lines), signer, options),
    tamper: (work) => withoutTriggers(db, work),
    save: async () => {
      savedWitness = await readFile(path, 'utf8');
      for (const table of TABLES) {
        await db.run(sql`create table ${sql.id(`saved_${table}`)} as select * from ${sql.id(table)}`);
      }
    },
    restore: async () => {
      await withoutTriggers(db, async (tx) => {
        for (const table of TABLES) {
          await tx.run(sql`delete from ${sql.id(table)}`);
          await tx.run(sql`insert into ${sql.id(table)} select * from ${sql.id(`saved_${table}`)}`);
        }
      });
      await writeFile(path, savedWitness);
      witness = witnessFile(path, signer);
    },
    drop: async () => {
      await base.drop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The tables' owner may switch their triggers off; a superuser may do so for a session. Both end here. */
async function withoutTriggers(db: Db, work: (tx: Tx) => Promise<void>): Promise<void> {
  await db.tx(async (tx) => {
    for (const table of TABLES) await tx.run(sql`alter table ${sql.id(table)} disable trigger user`);
    await work(tx);
    for (const table of TABLES) await tx.run(sql`alter table ${sql.id(table)} enable trigger user`);
  });
}
