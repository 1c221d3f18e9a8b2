import type { Queryable } from '#kit/db/index.ts';
import { enqueue } from '#kit/jobs/index.ts';

/** Makes, prolongs or drops the user of one lease, as its row says by then. */
export const CARRY_OUT = 'leases.carry_out';
/** Ends one lease whose time has come. */
export const END_DUE = 'leases.end_due';

export const queueWork = (tx: Queryable, leaseId: string, afterMs = 0): Promise<void> =>
  enqueue(tx, CARRY_OUT, { leaseId }, { key: `${CARRY_OUT}:${leaseId}`, afterMs, maxAttempts: 25 });

export const queueEnd = (tx: Queryable, leaseId: string, afterMs: number): Promise<void> =>
  enqueue(tx, END_DUE, { leaseId }, { key: `${END_DUE}:${leaseId}`, afterMs: Math.max(0, afterMs) });
