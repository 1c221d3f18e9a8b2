import { Client } from 'pg';
import { inject } from 'vitest';
import { TestClock } from '#kit/clock/index.ts';
import { openDb, type Db } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { silentLog, type Log } from '#kit/log/index.ts';
import { TEMPLATE } from './test-server.ts';

/** A database of one's own, with every migration applied. */
export interface TestDatabase {
  readonly db: Db;
  readonly url: string;
  /** Stands at 2026-03-02T09:00:00Z, a Monday, until moved. `reeve_now()` follows it. */
  readonly clock: TestClock;
  /** Real time at which it was made; see drainQueue. */
  readonly openedAt: Date;
  /** Closes and removes it. Call it in `afterAll`. */
  drop(): Promise<void>;
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject('reeveTestServer').adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** What a test may choose of its database. */
export interface TestDatabaseOptions {
  readonly log?: Log;
  readonly max?: number;
  /** Without any migration. */
  readonly empty?: boolean;
  /** Turns the database's address into another it is reached by: a relay that a test breaks. */
  readonly through?: (url: string) => string;
  readonly statementTimeoutMs?: number;
  readonly waitMs?: number;
  readonly reconnectMs?: number;
}

/**
 * A fresh copy of the migrated template on the server of this test run; `empty` gives one without any migration.
 * Throws when a migration failed.
 */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('reeveTestServer');
  const { empty = false } = options;
  if (!empty && server.failure !== undefined)
    throw new Error(`the test template could not be migrated: ${server.failure}`);
  const name = `test_${newId().replaceAll('-', '')}`;
  await asAdmin(`create database ${name} owner reeve template ${empty ? 'template0' : TEMPLATE} strategy file_copy`);
  const direct = new URL(server.url);
  direct.pathname = `/${name}`;
  const url = options.through?.(direct.href) ?? direct.href;
  const openedAt = new Date();
  const clock = new TestClock('2026-03-02T09:00:00Z');
  const { empty: _empty, through: _through, ...patience } = options;
  const db = await openDb({ log: silentLog, max: 5, ...patience, url, clock });
  return {
    db,
    url,
    clock,
    openedAt,
    drop: async () => {
      await db.close();
      await asAdmin(`drop database ${name} with (force)`);
    },
  };
}
