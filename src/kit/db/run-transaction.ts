import { type ClientBase } from 'pg';
import type { Log } from '#kit/log/index.ts';
import { nothingKept, type Kept, type KeptRows, type Topic } from './kept/index.ts';
import type { Tx, TxOptions } from './port.ts';
import { asQueryable, runStatement, type Ran } from './run-statement.ts';
import type { Sql } from './sql.ts';

const plain = (text: string): Sql => ({ text, values: [] });

/**
 * One instant as SQL sees it through `reeve_now()`. And no just-in-time compilation: the planner guesses billions of
 * rows for a walk over the graph, and compiling for them takes seconds where the walk takes milliseconds.
 */
const setNow = (now: Date): string =>
  `select set_config('reeve.now', '${now.toISOString()}', true), set_config('jit', 'off', true)`;

/** Rather one too many, such as `for update`, than one too few: that costs another look. Functions that write are triggers only. */
const mayWrite = /\b(?:insert|update|delete|merge|truncate|copy|call|do)\b/iu;

function beginText(now: Date, options: TxOptions): string {
  const isolation = options.isolation === undefined ? '' : ` isolation level ${options.isolation}`;
  const mode = options.readOnly === true ? ' read only' : '';
  const patience =
    options.statementTimeoutMs === undefined
      ? ''
      : `, set_config('statement_timeout', '${Math.ceil(options.statementTimeoutMs)}', true)`;
  return `begin${isolation}${mode}; ${setNow(now)}${patience}`;
}

/**
 * Runs `work` in one transaction on `client` and commits. Statements are run in the order they are given; those a
 * caller does not wait between, and the first with the beginning of the transaction, are on their way together, where
 * the connection may (`pipeline`). A statement sent after the end throws instead of landing in a stranger's
 * transaction. The caller runs `callbacks` once the connection is back in the pool.
 */
export async function runTransaction<T>(
  client: ClientBase,
  now: Date,
  options: TxOptions,
  work: (tx: Tx) => Promise<T>,
  keptRows: KeptRows,
): Promise<{ value: T; callbacks: (() => void | Promise<void>)[] }> {
  const callbacks: (() => void | Promise<void>)[] = [];
  let open = true;
  const begun = runStatement(client, plain(beginText(now, options)));
  let last: Promise<unknown> = begun.catch(() => undefined);
  const inTurn = (query: Sql): Promise<Ran> => {
    if (!open) return Promise.reject(new Error('this transaction is over; the statement was not sent'));
    if (mayWrite.test(query.text)) {
      writes += 1;
      looked = undefined;
    }
    const mine = runStatement(client, query, options.statementTimeoutMs);
    last = mine.catch(() => undefined);
    return mine;
  };
  const queryable = asQueryable(inTurn);
  let looked: ReturnType<KeptRows['look']> | undefined;
  /** How often it may have written: what was handed out before knows nothing of that, and nobody else may come to know of it. */
  let writes = 0;
  const handOut = async (topic: Topic): Promise<Kept> => {
    // A snapshot that stays may be older than what others remember, and what is read at it older than they may be told.
    if (options.isolation !== undefined && options.isolation !== 'read committed') return nothingKept;
    const at = writes;
    const kept = (await (looked ??= keptRows.look(queryable)))(topic);
    return {
      get: (key, when) => (at === writes ? kept.get(key, when) : undefined),
      keep: (key, value, when) => {
        if (at === writes) kept.keep(key, value, when);
      },
    };
  };
  const tx: Tx = {
    ...queryable,
    now,
    kept: handOut,
    afterCommit: (fn) => {
      callbacks.push(fn);
    },
  };
  try {
    const value = await work(tx);
    open = false;
    await Promise.all([begun, last]);
    await runStatement(client, plain('commit'));
    return { value, callbacks };
  } catch (error) {
    open = false;
    // Where it did not even begin, that is why whatever came after failed.
    const beginning = await begun.then(
      () => undefined,
      (why: unknown) => ({ why }),
    );
    await last;
    await runStatement(client, plain('rollback'));
    if (beginning !== undefined) throw beginning.why;
    throw error;
  }
}

/** After a commit nothing may fail any more: what a callback throws is logged. */
export async function runCallbacks(callbacks: readonly (() => void | Promise<void>)[], log: Log): Promise<void> {
  for (const callback of callbacks) {
    try {
      await callback();
    } catch (error) {
      log.error('a callback after commit failed', { error });
    }
  }
}
