import type { FeedProblem } from '../feed/model.ts';
import { allowed } from '#spine/mass-changes/index.ts';
import type { SourceLimits } from '../sources/model.ts';
import type { FeedReading } from './read-feed.ts';

/** What is known from before, to hold a delivery against. */
export interface Before {
  /** People of the source who were in its last good delivery. */
  readonly present: number;
  /** Of these, in no row now. */
  readonly missing: number;
  /** Whether the last good delivery ended with a line break; undefined when there was none. */
  readonly endedWithNewline: boolean | undefined;
  readonly endsWithNewline: boolean;
  readonly unknownManagers: number;
  readonly skipped: number;
}

/**
 * Why a delivery is not to be trusted; empty when it is. Pure. A feed that is not whole looks just like one in which
 * people left, so everything that hints at it counts against the whole delivery, never against one row alone.
 */
export function checkTrust(reading: FeedReading, before: Before, limits: SourceLimits): readonly FeedProblem[] {
  if (reading.fatal.length > 0) return reading.fatal;
  if (reading.rows === 0)
    return [
      {
        code: 'feed.no_rows',
        detail: 'the file has a header and nobody below it',
        fix: 'look at the query behind the export',
      },
    ];
  const problems: FeedProblem[] = [];
  if (reading.twice.length > 0) {
    const named = reading.twice.slice(0, 5).join(', ');
    problems.push({
      code: 'feed.duplicate',
      detail: `${reading.twice.length} rows repeat a key that was there before (row ${named})`,
      fix: 'one person is one row: mend the export',
    });
  }
  const wrong = reading.badRows + before.skipped;
  const mayBeWrong = allowed(limits.badRows, reading.rows);
  if (wrong > mayBeWrong)
    problems.push({
      code: 'feed.bad_rows',
      detail: `${wrong} of ${reading.rows} rows cannot be read as people (${mayBeWrong} may be): columns may have changed places`,
      fix: 'see the problems of single rows',
    });
  const mayBeMissing = allowed(limits.missingRows, before.present);
  if (before.missing > mayBeMissing)
    problems.push({
      code: 'feed.rows_missing',
      detail: `${before.missing} of ${before.present} people of the last good delivery are in no row (${mayBeMissing} may be): the file may be cut off`,
      fix: 'compare the number of rows with HR',
    });
  if (before.endedWithNewline === true && !before.endsWithNewline)
    problems.push({
      code: 'feed.cut_off',
      detail: 'the last line does not end, though it always did: the file may be cut off',
      fix: 'send it again',
    });
  const mayBeUnknown = allowed(limits.unknownManagers, reading.rows);
  if (before.unknownManagers > mayBeUnknown)
    problems.push({
      code: 'feed.unknown_managers',
      detail: `${before.unknownManagers} rows name a manager who is in no row (${mayBeUnknown} may)`,
      fix: 'check the manager column',
    });
  return problems;
}
