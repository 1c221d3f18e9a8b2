import { setTimeout as pause } from 'node:timers/promises';
import { type ClientConfig, Pool, type PoolClient } from 'pg';
import { systemClock, type Clock } from '#kit/clock/index.ts';
import type { Log } from '#kit/log/index.ts';
import { asDbError, isUnreachable, mayRetry } from './db-error.ts';
import { createKept } from './kept/index.ts';
import { makeListener } from './listen-channel.ts';
import type { Db, Tx, TxOptions } from './port.ts';
import { asQueryable, BEYOND_REACH_MS, runStatement, typeParsers, type Ran } from './run-statement.ts';
import { asRefusal, checkServer } from './check-server.ts';
import { runProved } from './run-proved.ts';
import { runCallbacks, runTransaction } from './run-transaction.ts';
import type { Sql } from './sql.ts';

const RETRIES = 3;

export interface OpenDbInput {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Most connections at a time; default 10. */
  readonly max?: number;
  /** A statement is cancelled after this long; default 60 s, 0 means never. */
  readonly statementTimeoutMs?: number;
  /** How long a caller waits for a free connection before `database.busy`; default 10 s. */
  readonly waitMs?: number;
  /** How long a caller waits for a server that restarts before `database.unreachable`; default 5 s. */
  readonly reconnectMs?: number;
}

/**
 * Opens a pool on `url` and proves it with one connection. Throws `database.unreachable` when nobody answers,
 * `database.refused` when it does not let Reeve in, `database.unfit` when it is too old or not UTF-8.
 * Under a clock other than the system's, lone statements run in a transaction of their own, so that
 * `reeve_now()` agrees with the clock everywhere.
 */
export async function openDb(input: OpenDbInput): Promise<Db> {
  const { url, clock, log, max = 10, statementTimeoutMs = 60_000, reconnectMs = 5_000, waitMs = 10_000 } = input;
  const config: ClientConfig = {
    connectionString: url,
    types: typeParsers,
    application_name: 'reeve',
    keepAlive: true,
  };
  const pool = new Pool({
    ...config,
    max,
    pipeline: true,
    statement_timeout: statementTimeoutMs,
    ...(statementTimeoutMs === 0 ? {} : { query_timeout: statementTimeoutMs + BEYOND_REACH_MS }),
    connectionTimeoutMillis: waitMs,
    allowExitOnIdle: true,
  });
  // A connection that breaks while idle is dropped by the pool; without a listener Node would exit.
  pool.on('error', (error) => log.warn('an idle database connection broke', { error }));
  const listener = makeListener(config, log);
  const keptRows = createKept();

  const acquire = async (): Promise<PoolClient> => {
    const until = performance.now() + reconnectMs;
    for (;;) {
      try {
        return await pool.connect();
      } catch (error) {
        if (!isUnreachable(error) || performance.now() > until) throw asDbError(error, 'connect');
        await pause(50);
      }
    }
  };

  const withClient = async <T>(use: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await acquire();
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await use(client);
    } catch (error) {
      // After a failed rollback or a lost connection the session's state is unknown.
      if (error instanceof Error && 'code' in error && error.code === 'database.unreachable') broken = error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  const lone = async (query: Sql): Promise<Ran> => {
    if (clock === systemClock) return withClient((client) => runStatement(client, query));
    return withClient(async (client) => {
      let ran: Ran = { rows: [], count: 0 };
      const work = async (): Promise<void> => {
        ran = await runStatement(client, query);
      };
      await runTransaction(client, clock.now(), {}, work, keptRows);
      return ran;
    });
  };

  const tx = async <T>(work: (tx: Tx) => Promise<T>, options: TxOptions = {}): Promise<T> => {
    const mayRepeat = options.isolation === 'serializable' || options.isolation === 'repeatable read';
    for (let attempt = 0; ; attempt += 1) {
      try {
        const done = await withClient((client) => runTransaction(client, clock.now(), options, work, keptRows));
        await runCallbacks(done.callbacks, log);
        return done.value;
      } catch (error) {
        if (!mayRepeat || !mayRetry(error) || attempt >= RETRIES) throw error;
        await pause(5 * 2 ** attempt * (1 + Math.random()));
      }
    }
  };

  const queryable = asQueryable(lone);
  const db: Db = {
    ...queryable,
    tx,
    txProved: (work) => runProved({ lone, now: clock.now(), keptRows, log }, work),
    kept: async (topic) => (await keptRows.look(queryable))(topic),
    listen: (channel, onPayload, onReconnect) => listener.listen(channel, onPayload, onReconnect),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
  try {
    await withClient(checkServer);
  } catch (error) {
    await db.close();
    throw asRefusal(error);
  }
  return db;
}
