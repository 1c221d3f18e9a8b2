import { sql, type Db, type Queryable, type Tx } from '#kit/db/index.ts';
import { enqueueMany } from '#kit/jobs/index.ts';
import { TASK_COLUMNS, type ProvisionTask } from './store.ts';

/**
 * What a system is to be told waits in lanes, each person always in the same one: whoever is at a lane takes many people
 * at a time, and a few can be at a system at once.
 */
export interface Lane {
  readonly systemId: string;
  readonly lane: number;
}

export const AGREE = 'provisioning.agree';

/** As many as the column `lane` counts. */
const LANES = 4;
const laneOf = (identityId: string): number => Number.parseInt(identityId.slice(-2), 16) % LANES;

/**
 * Has what waits for these people carried out at once. Call it last in a transaction: until its end, others that want
 * something of the same lane wait.
 */
export async function queueLanes(
  tx: Queryable,
  wanted: readonly { readonly systemId: string; readonly identityId: string }[],
): Promise<void> {
  const lanes = new Map<string, Lane>();
  for (const { systemId, identityId } of wanted) {
    const lane = { systemId, lane: laneOf(identityId) };
    lanes.set(keyOf(lane), lane);
  }
  await queue(tx, lanes);
}

/** Has one lane gone on with, behind whatever else waits. */
export const queueLane = (tx: Queryable, lane: Lane): Promise<void> => queue(tx, new Map([[keyOf(lane), lane]]));

/** Has everything carried out that waits for a system. */
export const queueSystem = (tx: Queryable, systemId: string): Promise<void> =>
  queue(
    tx,
    new Map(Array.from({ length: LANES }, (_, lane) => ({ systemId, lane })).map((lane) => [keyOf(lane), lane])),
  );

const keyOf = ({ systemId, lane }: Lane): string => `${AGREE}:${systemId}:${lane}`;

/** In the order of their keys, so that two transactions never wait for each other. */
const queue = (tx: Queryable, lanes: ReadonlyMap<string, Lane>): Promise<void> =>
  enqueueMany(
    tx,
    [...lanes.keys()].sort().map((key) => ({ name: AGREE, payload: { ...lanes.get(key) }, key, maxAttempts: 40 })),
  );

/** How long a claim holds that nobody keeps up: a dead worker's tasks are free again this soon. */
const CLAIM_SECONDS = 12;
export const KEEP_CLAIM_EVERY_MS = 4_000;
const CLAIM_UNTIL = sql`clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})`;

/** Tasks taken at a time. */
const TOGETHER = 1000;

/**
 * Takes what is due in a lane for one worker, what is wanted gone before what is wanted present, and the longest decided
 * first. Nobody is taken whom another worker is at on that system.
 */
export const claimDue = async (db: Db, lane: Lane): Promise<readonly ProvisionTask[]> =>
  await db.tx(async (tx) => {
    await holdLane(tx, lane);
    const absent = await claim(tx, lane, 'absent');
    return absent.length > 0 ? absent : await claim(tx, lane, 'present');
  });

async function claim(
  tx: Tx,
  { systemId, lane }: Lane,
  wanted: ProvisionTask['wanted'],
): Promise<readonly ProvisionTask[]> {
  const claimed = await tx.many<ProvisionTask>(sql`
    update provision_task set claimed_until = ${CLAIM_UNTIL}
     where id in (
       select t.id from provision_task t
        where t.system_id = ${systemId} and t.lane = ${lane} and t.wanted = ${wanted} and t.state = 'waiting'
          and (t.not_before is null or t.not_before <= clock_timestamp())
          and not exists (
            select from provision_task o where o.identity_id = t.identity_id and o.system_id = t.system_id
               and o.claimed_until > clock_timestamp())
        order by t.decided_at, t.id limit ${TOGETHER})
    returning ${TASK_COLUMNS}`);
  return claimed.toSorted((a, b) => a.decidedAt.getTime() - b.decidedAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** Of one lane one at a time says who is at what, and when it comes next. */
const holdLane = async (tx: Tx, lane: Lane): Promise<void> => {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${keyOf(lane)}, 0))`);
};

export const keepClaims = (tx: Queryable, ids: readonly string[]): Promise<number> =>
  tx.run(sql`
    update provision_task set claimed_until = ${CLAIM_UNTIL}
     where id = any(${sql.array(ids)}::uuid[]) and claimed_until is not null`);

/** Frees tasks again. */
export const releaseTasks = (tx: Queryable, ids: readonly string[]): Promise<number> =>
  tx.run(sql`
    update provision_task set claimed_until = null
     where id = any(${sql.array(ids)}::uuid[]) and claimed_until is not null`);

/** What is due and not to be had is being seen to by another worker, who looks again when done: no need to hurry. */
const SEEN_TO_MS = 1_000;

/** Has a lane looked at again when the first of what waits in it is due; whoever leaves a lane with nothing due says so. */
export const comeAgain = async (db: Db, lane: Lane): Promise<void> =>
  await db.tx(async (tx) => {
    await holdLane(tx, lane);
    const { afterMs } = await tx.one<{ afterMs: number | null }>(sql`
      select (extract(epoch from min(greatest(not_before, claimed_until)) - clock_timestamp()) * 1000)::double precision as after_ms
        from (select coalesce(not_before, 'epoch') as not_before, claimed_until from provision_task
               where system_id = ${lane.systemId} and lane = ${lane.lane} and state = 'waiting') w`);
    if (afterMs === null) return;
    const again = { name: AGREE, payload: { ...lane }, key: `${keyOf(lane)}:again`, maxAttempts: 40 };
    await enqueueMany(tx, [{ ...again, afterMs: Math.max(afterMs, SEEN_TO_MS) }]);
  });
