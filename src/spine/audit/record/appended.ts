import type { Tx } from '#kit/db/index.ts';

const sleepers = new Set<() => void>();
const waking = new WeakSet<Tx>();

/** Calls back after every transaction of this process that appended and committed; returns a stop function. */
export function onAppended(wake: () => void): () => void {
  sleepers.add(wake);
  return () => sleepers.delete(wake);
}

/**
 * Wakes this process' sequencer once the transaction has committed. Not by NOTIFY from within it: PostgreSQL lets
 * only one notifying transaction commit at a time, and every change of Reeve appends.
 */
export function wakeAfterCommit(tx: Tx): void {
  if (waking.has(tx)) return;
  waking.add(tx);
  tx.afterCommit(() => {
    for (const wake of sleepers) wake();
  });
}
