import type { Tx } from '#kit/db/index.ts';
import type { Decide } from '#spine/decide/index.ts';

/**
 * Live sessions, by id, that rest on one of these grants and that nothing carries, as the graph is in this transaction.
 * Sessions are the other wing's: the composition root hands this in.
 */
export type SessionsEnding = (tx: Tx, grantIds: readonly string[]) => Promise<readonly string[]>;

export interface Edges {
  readonly sessionsEnding: SessionsEnding;
  readonly decide: Decide;
}
