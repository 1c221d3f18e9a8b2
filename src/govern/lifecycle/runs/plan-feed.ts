import type { Tx } from '#kit/db/index.ts';
import type { Principal } from '#spine/decide/port.ts';
import type { FeedProblem } from '../feed/model.ts';
import type { PeopleSource } from '../sources/model.ts';
import type { RecordCounts } from '../sources/store.ts';
import { lastAdministratorLeaves } from './check-administrators.ts';
import { checkLimits } from './check-limits.ts';
import { deliverersOwnRow, readersOwnRow } from './check-own-row.ts';
import type { DeliveredRows } from './delivery.ts';
import { findEmptied } from './find-emptied.ts';
import { checkTrust } from './check-trust.ts';
import { matchRows, type Unmatched } from './match-rows.ts';
import { NO_COUNTS, type FeedRun, type HeldBecause, type RunCounts } from './model.ts';
import { readFeed, type FeedReading, type ReadWatcher } from './read-feed.ts';
import { countMissing, openStage } from './stage-feed.ts';
import { lastGoodRun } from './store.ts';
import { writePlan, type PlannedCounts } from './write-plan.ts';

/** A delivery read through, and all it would do. */
export interface PlannedFeed {
  /** Why it is not to be trusted; empty when it is. Nothing is planned otherwise. */
  readonly distrust: readonly FeedProblem[];
  /** What is wrong with single rows. */
  readonly problems: readonly FeedProblem[];
  readonly counts: RunCounts;
  readonly heldBecause: readonly HeldBecause[];
  readonly plannedRows: number;
}

const NOTHING_UNMATCHED: Unmatched = { skipped: 0, unknownManagers: 0, unmatched: 0, problems: [] };

/** Who delivers, and what the source had before. */
interface Delivered {
  readonly by: Principal;
  readonly before: RecordCounts;
}

/** Reads a delivery, decides whether it is to be trusted, and writes the plan of its run. Changes nobody. */
export async function planFeed(
  tx: Tx,
  source: PeopleSource,
  run: FeedRun,
  delivery: Delivered & {
    readonly rows: DeliveredRows;
    /** Columns without a value in any row, where that is known. */
    readonly empty?: readonly string[] | undefined;
    readonly watch?: ReadWatcher | undefined;
  },
): Promise<PlannedFeed> {
  await openStage(tx);
  const reading = await readFeed(tx, source, delivery.rows, delivery.watch);
  const emptied = await findEmptied(tx, source, delivery.empty ?? [], delivery.before.present);
  const fatal = reading.fatal.length > 0 ? reading.fatal : reading.rows > 0 ? emptied : [];
  return await planStaged(tx, source, run, { ...reading, fatal }, delivery);
}

/** As planFeed, of rows that are staged already. */
export async function planStaged(
  tx: Tx,
  source: PeopleSource,
  run: FeedRun,
  reading: FeedReading,
  { by, before }: Delivered,
): Promise<PlannedFeed> {
  const unmatched = reading.fatal.length > 0 ? NOTHING_UNMATCHED : await matchRows(tx, source);
  const missing = await countMissing(tx, source.id);
  const last = await lastGoodRun(tx, source.id);
  const problems = [...reading.rowProblems, ...unmatched.problems];
  const distrust = checkTrust(
    reading,
    {
      present: before.present,
      missing,
      endedWithNewline: last?.endsWithNewline,
      endsWithNewline: run.endsWithNewline,
      ...unmatched,
    },
    source.limits,
  );
  if (distrust.length > 0) {
    const skipped = reading.badRows + unmatched.skipped;
    const counts = { ...NO_COUNTS, rows: reading.rows, missing, skipped, unmatched: unmatched.unmatched };
    return { distrust, problems, counts, heldBecause: [], plannedRows: 0 };
  }
  const planned = await writePlan(tx, { id: run.id, source });
  const counts = countsOf(reading, unmatched, missing, planned);
  const heldBecause = [
    ...checkLimits(counts, before.staying, run.baseline, source.limits),
    ...(await lastAdministratorLeaves(tx, run.id)),
    ...(await ownRow(tx, source, run, by)),
  ];
  const plannedRows = Object.values(planned).reduce((sum, n) => sum + n, 0);
  return { distrust, problems, counts, heldBecause, plannedRows };
}

async function ownRow(tx: Tx, source: PeopleSource, run: FeedRun, by: Principal): Promise<readonly HeldBecause[]> {
  const deliverers = await deliverersOwnRow(tx, run.id, by);
  return deliverers.length > 0 ? deliverers : await readersOwnRow(tx, run, source);
}

const countsOf = (reading: FeedReading, unmatched: Unmatched, missing: number, planned: PlannedCounts): RunCounts => ({
  rows: reading.rows,
  joined: planned.join + planned.adopt,
  moved: planned.move,
  changed: planned.change,
  left: planned.leave,
  returned: planned.return,
  unchanged: reading.unchanged + planned.note,
  missing,
  skipped: reading.badRows + unmatched.skipped,
  unmatched: unmatched.unmatched,
});
