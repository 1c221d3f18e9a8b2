import type { Kept } from './kept/generation.ts';
import type { Topic } from './kept/topics.ts';
import type { Sql } from './sql.ts';

/** Reads rows. Column names arrive in camelCase, `timestamptz` as Date, `int8` as number, `numeric` as string. */
export interface Queryable {
  many<R>(query: Sql): Promise<R[]>;
  /** Exactly one row; anything else throws. */
  one<R>(query: Sql): Promise<R>;
  maybe<R>(query: Sql): Promise<R | undefined>;
  /** Runs a change and returns the number of rows it touched. */
  run(query: Sql): Promise<number>;
}

/** An open transaction with one instant for all that happens in it (SQL sees it as `reeve_now()`). */
export interface Tx extends Queryable {
  readonly now: Date;
  /**
   * What this process remembers of a topic's tables, proved at this moment to stand (one statement a transaction, for all
   * topics). To be asked before this transaction changes any of them: what it reads afterwards is not to be kept.
   */
  kept(topic: Topic): Promise<Kept>;
  /** Runs after a commit, never after a rollback; what it throws is logged, not raised. */
  afterCommit(fn: () => void | Promise<void>): void;
}

export interface TxOptions {
  readonly readOnly?: boolean;
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** How long one statement of this transaction may take, where that is more than the pool allows: for sets of millions of rows. */
  readonly statementTimeoutMs?: number;
}

/** A pool of connections. The only way to the database in Reeve. */
export interface Db extends Queryable {
  /** As a transaction's, for a lone read. */
  kept(topic: Topic): Promise<Kept>;
  tx<T>(work: (tx: Tx) => Promise<T>, options?: TxOptions): Promise<T>;
  /**
   * A transaction of one statement: `work` rests on what is remembered and writes once, and the write is made only if all
   * of that stands at its own instant. Undefined where something had to be read first or stands no more: nothing was
   * done then, and `tx` is the way. What `work` throws before it writes means the same.
   */
  txProved<T>(work: (tx: Tx) => Promise<T>): Promise<T | undefined>;
  /**
   * Calls back on every NOTIFY of the channel, over one connection that reconnects; returns a stop function.
   * Signals sent while the connection was away are lost: `onReconnect` says to look at the rows behind them.
   */
  listen(channel: string, onPayload: (payload: string) => void, onReconnect?: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
