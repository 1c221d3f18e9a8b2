import { UnreadableCsv } from '#kit/csv/index.ts';
import type { Tx } from '#kit/db/index.ts';
import { findColumns, type ColumnPlaces } from '../feed/find-columns.ts';
import { mapRow, type MappedRow } from '../feed/map-row.ts';
import type { FeedProblem } from '../feed/model.ts';
import type { PeopleSource } from '../sources/model.ts';
import type { DeliveredRows } from './delivery.ts';
import { findManagers, keyOfManager } from './find-managers.ts';
import { CHUNK, stageRows, type ReadRow } from './stage-feed.ts';

/** Problems a run keeps by name; beyond these they are counted. */
const KEPT = 100;

/** What reading a delivery through to its end told. */
export interface FeedReading {
  readonly rows: number;
  readonly unchanged: number;
  readonly badRows: number;
  /** Numbers of rows whose key was there before. */
  readonly twice: readonly number[];
  /** Problems of the whole delivery: with one of these nothing of it is trusted. */
  readonly fatal: readonly FeedProblem[];
  /** Problems of single rows, the first hundred. */
  readonly rowProblems: readonly FeedProblem[];
}

/** Told of each row as it is read, in order: where somebody wants to look on. */
export type ReadWatcher = (row: {
  readonly row: number;
  readonly fields: readonly string[];
  readonly mapped: MappedRow;
}) => void;

/**
 * Reads a delivery and stages what is new or differs. While the database takes one chunk of rows the next is read:
 * memory is bounded by the two.
 */
export async function readFeed(
  tx: Tx,
  source: PeopleSource,
  delivered: DeliveredRows,
  watch?: ReadWatcher,
): Promise<FeedReading> {
  const fatal: FeedProblem[] = [];
  const rowProblems: FeedProblem[] = [];
  const twice: number[] = [];
  let [rows, unchanged, badRows] = [0, 0, 0];
  let places: ColumnPlaces | undefined;
  let chunk: ReadRow[] = [];
  let staging: Promise<void> = Promise.resolve();
  const stage = async (full: readonly ReadRow[]): Promise<void> => {
    const staged = await stageRows(tx, source.id, full);
    twice.push(...staged.twice);
    unchanged += staged.unchanged;
  };
  const flush = async (): Promise<void> => {
    await staging;
    if (chunk.length === 0) return;
    staging = stage(chunk);
    // What it throws is thrown where it is waited for, at the next chunk or the end.
    staging.catch(() => undefined);
    chunk = [];
  };
  try {
    const managers = await findManagers(delivered, source.mapping);
    for await (const fields of delivered()) {
      if (places === undefined) {
        const found = findColumns(fields, source.mapping);
        if (!('fact' in found)) {
          fatal.push(...found);
          break;
        }
        places = found;
        continue;
      }
      rows += 1;
      if (fields.length !== places.width) {
        fatal.push(wrongWidth(rows, fields.length, places.width));
        break;
      }
      const mapped = withManager(mapRow(fields, rows, places, source.mapping), managers);
      watch?.({ row: rows, fields, mapped });
      if (mapped.problems === undefined) {
        chunk.push({ row: rows, externalId: mapped.record.externalId, record: mapped.record });
      } else {
        badRows += 1;
        rowProblems.push(...mapped.problems.slice(0, KEPT - rowProblems.length));
        if (mapped.externalId !== undefined) chunk.push({ row: rows, externalId: mapped.externalId });
      }
      if (chunk.length >= CHUNK) await flush();
    }
    await flush();
  } catch (error) {
    if (!(error instanceof UnreadableCsv)) throw error;
    fatal.push(error.problem);
  }
  await staging;
  return { rows, unchanged, badRows, twice, fatal, rowProblems };
}

const withManager = (mapped: MappedRow, managers: Awaited<ReturnType<typeof findManagers>>): MappedRow =>
  managers === undefined || mapped.problems !== undefined
    ? mapped
    : {
        record: {
          ...mapped.record,
          managerExternalId: keyOfManager(managers, mapped.record.managerExternalId),
        },
      };

const wrongWidth = (row: number, has: number, width: number): FeedProblem => ({
  code: 'feed.row_width',
  detail: `row ${row} has ${has} values where the header has ${width}: the file is cut off or a value lost its quotes`,
  row,
  fix: 'export it again',
});
