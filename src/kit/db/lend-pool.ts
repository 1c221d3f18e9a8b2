import { Pool, type PoolClient } from 'pg';
import type { Log } from '#kit/log/index.ts';

/**
 * A pool for a library that speaks to the database itself. What happens to a connection is said in the log and felt by
 * the next query; it ends no process, not even while the pool is being closed. Whoever asked for it ends it.
 */
export function lendPool(input: { readonly url: string; readonly max: number; readonly log: Log }): Pool {
  const pool = new Pool({ connectionString: input.url, max: input.max });
  const note = (error: Error): void => input.log.debug('a lent connection broke off', { error });
  pool.on('error', note);
  pool.on('connect', (client: PoolClient) => void client.on('error', note));
  return pool;
}
