import { sql, type Tx } from '#kit/db/index.ts';
import { locked, lockInTheWay, type InTheWay } from '#spine/locks/index.ts';

/** What a session is, or would be. */
interface SessionOn {
  readonly identityId: string;
  readonly accountId: string;
  readonly systemId: string;
  readonly grantIds: readonly string[];
}

/**
 * The lock in a session's way. Emergency access goes through a lock on everything: it closes itself, is told at once and
 * looked through afterwards, and whoever locks everything must not lock out those who are to put things right.
 */
export async function lockOfSession(tx: Tx, now: Date, on: SessionOn): Promise<InTheWay | undefined> {
  const lock = await lockInTheWay(tx, now, on);
  if (lock?.scope !== 'everything') return lock;
  const emergency = await tx.maybe<{ id: string }>(
    sql`select id from access_grant where id = any(${sql.array(on.grantIds)}::uuid[]) and origin = 'emergency' limit 1`,
  );
  return emergency === undefined ? lock : undefined;
}

/** Throws 403 `access.locked`. */
export async function refuseLockedSession(tx: Tx, now: Date, on: SessionOn): Promise<void> {
  const lock = await lockOfSession(tx, now, on);
  if (lock !== undefined) throw locked(lock);
}
