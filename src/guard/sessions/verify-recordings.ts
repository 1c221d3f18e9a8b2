import { sql, type Db } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Recordings } from './edges.ts';
import { getSession } from './store.ts';
import { verifyRecording } from './verify-recording.ts';

/** What holding every recording against the log came to. */
export interface RecordingsChecked {
  /** Those that were not purged. */
  readonly recordings: number;
  /** Those that are whole and end as the log says. */
  readonly whole: number;
  /** Whether the newest of them was opened and read as it is played. */
  readonly played: boolean;
  readonly problems: readonly string[];
}

/** Holds the recording of every session that ended against the audit log, and opens the newest to its end. */
export async function verifyRecordings(
  db: Db,
  edges: { readonly keys: Keys; readonly recordings: Recordings },
): Promise<RecordingsChecked> {
  const ended = await db.many<{ id: string }>(
    sql`select id from session where recorded and state = 'ended' order by started_at desc, id desc`,
  );
  const problems: string[] = [];
  let newest: string | undefined;
  let [recordings, whole] = [0, 0];
  for (const { id } of ended) {
    let purged = false;
    const problem = await db.tx(
      async (tx) => {
        const session = await getSession(tx, id);
        if (session === undefined) return 'its session is not there';
        purged = session.recordingPurgedAt !== null;
        return (await verifyRecording(edges, tx, session)).problem;
      },
      { readOnly: true },
    );
    if (!purged) recordings += 1;
    if (problem !== null) problems.push(`the recording of session ${id}: ${problem}`);
    else if (!purged) {
      whole += 1;
      newest ??= id;
    }
  }
  if (newest === undefined) return { recordings, whole, played: false, problems };
  try {
    const shown = await edges.recordings.asciicast(newest);
    return { recordings, whole, played: shown.includes('\n'), problems };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const told = `the recording of session ${newest} does not play: ${error.message}`;
    return { recordings, whole, played: false, problems: [...problems, told] };
  }
}
