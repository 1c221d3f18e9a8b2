import { sql, type Db, type Queryable, type Tx } from '#kit/db/index.ts';
import { enqueueMany } from '#kit/jobs/index.ts';

/**
 * What a system is to be told waits in lanes, each person always in the same one: whoever is at a lane takes many people
 * at a time, and a few can be at a system at once.
 */
export interface Lane {
  readonly systemId: string;
  readonly lane: number;
}

export const AGREE = 'provisioning.agree';
const JOB = { name: AGREE, maxAttempts: 40 } as const;
/** Ahead of what only follows from changes: whoever loses access loses it while the rest is still thought about. */
const AHEAD = -5;

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
  options: { readonly ahead?: boolean } = {},
): Promise<void> {
  const lanes = new Map<string, Lane>();
  for (const { systemId, identityId } of wanted) {
    const lane = { systemId, lane: laneOf(identityId) };
    lanes.set(keyOf(lane), lane);
  }
  await queue(tx, lanes, options);
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
const queue = (
  tx: Queryable,
  lanes: ReadonlyMap<string, Lane>,
  { ahead = false }: { readonly ahead?: boolean } = {},
): Promise<void> =>
  enqueueMany(
    tx,
    [...lanes.keys()].sort().map((key) => ({
      ...JOB,
      payload: { ...lanes.get(key) },
      // What is not in a hurry does not take its place.
      ...(ahead ? { key: `${key}:ahead`, priority: AHEAD } : { key }),
    })),
  );

/** Of one lane one at a time says who is at what, and when it comes next. */
export const holdLane = async (tx: Tx, lane: Lane): Promise<void> => {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${keyOf(lane)}, 0))`);
};

/** What is due and not to be had is being seen to by another worker, who looks again when done: no need to hurry. */
const SEEN_TO_MS = 1_000;

/** Has a lane looked at again when the first of what waits in it is due; whoever leaves a lane with nothing due says so. */
export const comeAgain = async (db: Db, lane: Lane): Promise<void> =>
  await db.tx(async (tx) => {
    await holdLane(tx, lane);
    const { afterMs } = await tx.one<{ afterMs: number | null }>(sql`
      select (extract(epoch from min(coalesce(not_before, 'epoch')) - clock_timestamp()) * 1000)::double precision as after_ms
        from provision_task where system_id = ${lane.systemId} and lane = ${lane.lane} and state = 'waiting'`);
    if (afterMs === null) return;
    const again = { ...JOB, payload: { ...lane }, key: `${keyOf(lane)}:again` };
    await enqueueMany(tx, [{ ...again, afterMs: Math.max(afterMs, SEEN_TO_MS) }]);
  });
