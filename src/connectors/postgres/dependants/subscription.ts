/** The password of a publisher, in the connection of a subscription: changed there, and proved by the subscription connecting with it. */
import { setTimeout as wait } from 'node:timers/promises';
import { TargetError, type Credential } from '../../port.ts';
import type { Database, Row } from '../client.ts';
import { quoteName, quoteText, shown } from '../names.ts';
import { passwordIn, withPassword } from './conninfo.ts';
import type { SubscriptionPlace } from './place.ts';
import { passwordOf, quietly } from './quietly.ts';

/** How long a subscription may take to connect anew: the server itself waits five seconds between two tries. */
const CONNECTS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 200;

export async function putInSubscription(
  database: Database,
  place: SubscriptionPlace,
  value: Credential,
): Promise<void> {
  const before = await subscriptionOf(database, place);
  const conninfo = withPassword(before.conninfo, passwordOf(value));
  if (conninfo === undefined)
    throw new TargetError(
      'refused',
      `the connection of the subscription ${shown(place.subscription)} names no password that could be changed; nothing was changed`,
    );
  if (passwordIn(before.conninfo) === passwordOf(value)) return;
  await quietly(database, `alter subscription ${quoteName(place.subscription)} connection ${quoteText(conninfo)}`);
  // What applies changes goes on with the connection it has until it sees that another is wanted: that one proves nothing.
  if (before.enabled && !(await connects(database, place, before.pid)))
    throw new TargetError(
      'failed',
      `the subscription ${shown(place.subscription)} does not connect with the new value within ${CONNECTS_WITHIN_MS / 1000} s`,
    );
}

/** Whether the value is in it and, where it is enabled, it is connected. */
export async function isInSubscription(
  database: Database,
  place: SubscriptionPlace,
  value: Credential,
): Promise<boolean> {
  const { conninfo, enabled } = await subscriptionOf(database, place);
  if (passwordIn(conninfo) !== passwordOf(value)) return false;
  return !enabled || (await connects(database, place, undefined));
}

interface Subscription {
  readonly conninfo: string;
  readonly enabled: boolean;
  /** What applies its changes now, where anything does. */
  readonly pid: number | undefined;
}

/** Throws `refused` where there is none, or Reeve may not see its connection. */
async function subscriptionOf(database: Database, { subscription }: SubscriptionPlace): Promise<Subscription> {
  const [row] = await database.query(
    `select s.subconninfo as conninfo, s.subenabled as enabled from pg_subscription s
      where s.subname = $1 and s.subdbid = (select oid from pg_database where datname = current_database())`,
    [subscription],
  );
  if (row === undefined)
    throw new TargetError('refused', `there is no subscription ${shown(subscription)} in this database`);
  const [worker] = await workersOf(database, subscription);
  return {
    conninfo: String(row['conninfo']),
    enabled: row['enabled'] === true,
    pid: worker === undefined ? undefined : Number(worker['pid']),
  };
}

/** The one that applies changes: not those that copy a table first, nor those that help it. */
const workersOf = (database: Database, subscription: string): Promise<readonly Row[]> =>
  database.query(
    `select w.pid, w.last_msg_receipt_time is not null as heard from pg_stat_subscription w
      where w.subname = $1 and w.pid is not null and w.relid is null and (to_jsonb(w) ->> 'leader_pid') is null`,
    [subscription],
  );

/** Waits until something that is not `before` applies changes and has heard of the publisher. */
async function connects(database: Database, place: SubscriptionPlace, before: number | undefined): Promise<boolean> {
  const until = performance.now() + CONNECTS_WITHIN_MS;
  for (;;) {
    const workers = await workersOf(database, place.subscription);
    if (workers.some((row) => row['heard'] === true && Number(row['pid']) !== before)) return true;
    if (performance.now() > until) return false;
    await wait(LOOK_EVERY_MS);
  }
}
