import type { Keys } from '#kit/crypto/index.ts';
import type { Queryable } from '#kit/db/index.ts';
import { findEvent } from '#spine/audit/index.ts';
import { useEnded } from '#spine/graph/index.ts';
import type { CheckedRecording, Recordings } from './edges.ts';
import { recordingPurged } from './keeping/events.ts';
import type { Session } from './model.ts';

/**
 * Holds a session's recording against what the audit log says it ends in. The session's own row is not believed:
 * whoever replaces a recording can write that too. Throws `integrity.audit_log` where the log's entry was altered.
 */
export async function verifyRecording(
  edges: { readonly keys: Keys; readonly recordings: Recordings },
  tx: Queryable,
  session: Session,
): Promise<Pick<CheckedRecording, 'ok' | 'chunks' | 'cut' | 'problem'>> {
  const purged = await purgedAsLogged(edges, tx, session);
  if (purged !== undefined) return purged;
  const ended = await findEvent(tx, edges.keys, {
    event: useEnded,
    subject: session.identityId,
    since: session.id,
    data: { useId: session.id },
  });
  const head = ended?.data['recordingHead'];
  const checked = await edges.recordings.verify(session.id, typeof head === 'string' ? head : undefined);
  const { ok, chunks, cut, problem } = checked;
  if (ended !== undefined) return { ok, chunks, cut, problem };
  const isSound = ok || checked.unfinished;
  if (session.state === 'live' && isSound) return { ok: true, chunks, cut, problem: null };
  return { ok: false, chunks, cut, problem: isSound ? NOT_IN_THE_LOG : problem };
}

/** Of a recording that was taken away: the log has to say so too, and nothing may be left. Undefined: it was not. */
async function purgedAsLogged(
  edges: { readonly keys: Keys; readonly recordings: Recordings },
  tx: Queryable,
  session: Session,
): Promise<Pick<CheckedRecording, 'ok' | 'chunks' | 'cut' | 'problem'> | undefined> {
  if (session.recordingPurgedAt === null) return undefined;
  const logged = await findEvent(tx, edges.keys, {
    event: recordingPurged,
    subject: session.identityId,
    since: session.id,
    data: { sessionId: session.id },
  });
  if (logged === undefined)
    return { ok: false, chunks: 0, cut: false, problem: 'its row says that it was purged, and the audit log does not' };
  const { chunks } = await edges.recordings.verify(session.id, undefined);
  const problem = chunks === 0 ? null : 'it was purged, and files of it are there';
  return { ok: problem === null, chunks, cut: false, problem };
}

const NOT_IN_THE_LOG =
  'the audit log does not say that this session ended, or in which digest: its entry was removed, or the session was given another owner';
