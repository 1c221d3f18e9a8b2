import { sql, type Db } from '#kit/db/index.ts';
import type { Keys } from '#kit/crypto/index.ts';
import { AppError } from '#kit/errors/index.ts';
import type { Recordings } from './edges.ts';
import { getSession } from './store.ts';
import { verifyRecording } from './verify-recording.ts';

/** What holding every recording against the log came to. */
export interface RecordingsChecked {
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
  for (const { id } of ended) {
    const problem = await db.tx(
      async (tx) => {
        const session = await getSession(tx, id);
        return session === undefined ? 'its session is not there' : (await verifyRecording(edges, tx, session)).problem;
      },
      { readOnly: true },
    );
    if (problem === null) newest ??= id;
    else problems.push(`the recording of session ${id}: ${problem}`);
  }
  const whole = ended.length - problems.length;
  if (newest === undefined) return { recordings: ended.length, whole, played: false, problems };
  try {
    const shown = await edges.recordings.asciicast(newest);
    return { recordings: ended.length, whole, played: shown.includes('\n'), problems };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const told = `the recording of session ${newest} does not play: ${error.message}`;
    return { recordings: ended.length, whole, played: false, problems: [...problems, told] };
  }
}
