import { runningNodes, type KeyRing, type RingState } from '#kit/key-ring/index.ts';
import { sql, type Tx } from '#kit/db/index.ts';
import { holdersOf } from './shares.ts';

/** How far data keys of one kind were moved. */
interface PartState {
  readonly part: string;
  readonly generation: number;
  readonly rowsDone: number;
  readonly rowsLeft: number | null;
  readonly finishedAt: Date | null;
}

/** All that may be told of a ring. */
export interface RingView {
  readonly ring: string;
  readonly state: RingState;
  readonly because: string | null;
  readonly place: string | null;
  readonly rootKeyId: string | null;
  readonly since: Date | null;
  readonly generation: number;
  readonly sharesNeeded: number | null;
  readonly shares: number | null;
  readonly sharesEntered: number;
  readonly prepared: { readonly rootKeyId: string; readonly place: string } | null;
  readonly holders: readonly { holderId: string; name: string; state: string; takenAt: Date | null }[];
  readonly nodes: readonly { node: string; state: string; loaded: number; sealing: number }[];
  readonly moving: readonly PartState[];
}

/** The state of a ring as this node and the database have it; works while it is sealed. */
export async function readState(tx: Tx, ring: KeyRing): Promise<RingView> {
  const { root } = ring;
  const prepared = await tx.maybe<{ rootKeyId: string; place: string }>(
    sql`select id as root_key_id, place from root_key where ring = ${ring.name} and state = 'prepared'`,
  );
  const moving = await tx.many<PartState>(sql`
    select part, generation, rows_done, rows_left, finished_at from rewrap_part
    where ring = ${ring.name} and generation = (select max(generation) from rewrap_part where ring = ${ring.name})
    order by part`);
  return {
    ring: ring.name,
    state: ring.state,
    because: ring.because ?? null,
    place: root?.place ?? null,
    rootKeyId: root?.id ?? null,
    since: root?.currentSince ?? null,
    generation: ring.generations.current,
    sharesNeeded: root?.settings.threshold ?? null,
    shares: root?.settings.shares?.length ?? null,
    sharesEntered: ring.shares.entered,
    prepared: prepared ?? null,
    holders: await holdersOf(tx, ring.name),
    nodes: await runningNodes(tx, ring.name),
    moving,
  };
}

/** The last of something that is proved from time to time. */
export async function lastOf<T>(tx: Tx, type: string): Promise<{ readonly at: Date; readonly data: T } | null> {
  const row = await tx.maybe<{ at: Date; data: T }>(
    sql`select at, data from audit_event where type = ${type} order by id desc limit 1`,
  );
  return row ?? null;
}
