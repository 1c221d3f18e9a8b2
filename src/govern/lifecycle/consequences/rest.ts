import type { Tx } from '#kit/db/index.ts';
import { raiseSignal } from '#spine/events/index.ts';

/**
 * What follows when people are away for a while, on leave or suspended, in the transaction that says so: whatever they
 * have open is cut off on every node. What they have been given stays theirs; policy lets nobody use it who is not active.
 */
export async function rest(tx: Tx, resting: readonly string[]): Promise<void> {
  for (const id of resting)
    await raiseSignal(tx, { kind: 'lock_identity', subject: id, message: 'you are on leave or suspended' });
}
