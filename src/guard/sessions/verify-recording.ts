import type { Keys } from '#kit/crypto/index.ts';
import type { Queryable } from '#kit/db/index.ts';
import { findEvent } from '#spine/audit/index.ts';
import { useEnded } from '#spine/graph/index.ts';
import type { CheckedRecording, Recordings } from './edges.ts';
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

const NOT_IN_THE_LOG =
  'the audit log does not say that this session ended, or in which digest: its entry was removed, or the session was given another owner';
