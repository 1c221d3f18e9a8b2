import type { Log } from '#kit/log/index.ts';
import type { KeptRows } from './kept/index.ts';
import type { Tx } from './port.ts';
import { asQueryable, type Ran } from './run-statement.ts';
import { runCallbacks } from './run-transaction.ts';
import type { Sql } from './sql.ts';

/** Something is not remembered, or is no longer so: it takes a transaction. */
class NotProved extends Error {}

/** See `Db.txProved`. */
export async function runProved<T>(
  parts: {
    readonly lone: (query: Sql) => Promise<Ran>;
    readonly now: Date;
    readonly keptRows: KeptRows;
    readonly log: Log;
  },
  work: (tx: Tx) => Promise<T>,
): Promise<T | undefined> {
  const remembered = parts.keptRows.unproved();
  if (remembered === undefined) return undefined;
  const callbacks: (() => void | Promise<void>)[] = [];
  let sent = false;
  let written = false;
  const write = async (query: Sql): Promise<Ran> => {
    if (sent) throw new Error('this transaction is of one statement; the other was not sent');
    const proved = remembered.under(query);
    if (proved === undefined) throw new NotProved();
    sent = true;
    const ran = await parts.lone(proved);
    if (ran.count === 0) throw new NotProved();
    written = true;
    return ran;
  };
  const tx: Tx = {
    ...asQueryable(write),
    now: parts.now,
    kept: (topic) => Promise.resolve(remembered.kept(topic)),
    afterCommit: (fn) => {
      callbacks.push(fn);
    },
  };
  try {
    const value = await work(tx);
    // Without a write nothing is proved either.
    if (!written) return undefined;
    await runCallbacks(callbacks, parts.log);
    return value;
  } catch (error) {
    if (!sent || (!written && error instanceof NotProved)) return undefined;
    throw error;
  }
}
