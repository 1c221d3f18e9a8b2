import type { AdmissionEdges } from './edges.ts';
import { finishSession } from './finish-session.ts';
import type { Session } from './model.ts';
import { getSession, liveSessionsOf } from './store.ts';
import { LOOK_EVERY_MS, SILENT_MS, STRAY_MS } from './times.ts';

/** What it takes to close the records of sessions nobody stands in the middle of; no gateway is needed. */
export type ClosingEdges = Pick<AdmissionEdges, 'db' | 'clock' | 'log' | 'operator' | 'recordings' | 'node' | 'live'>;

/** Few enough that other work of a node finds a connection to the database meanwhile. */
const AT_ONCE = 4;
/** How a session ended whose row was written and whose gateway was not told. */
const NEVER_BEGUN = 'it never began: the answer of the database to its gateway was lost';

/**
 * Closes the records of sessions whose node fell silent, on whichever node looks first; every process of Reeve does,
 * also one without a gateway. So it does with sessions said to be here that are not: their gateway never heard that they
 * were opened, since the database's answer was lost. One that cannot be closed holds up no other. Returns a stop.
 */
export function closeSilentSessions(edges: ClosingEdges): () => Promise<void> {
  const closing = new Map<string, Promise<void>>();
  let looking: Promise<void> | undefined;
  const close = (session: Session): void => {
    const closed = closeOne(edges, session)
      .then(
        () => true,
        (error: unknown) => {
          edges.log.error('the record of a session whose gateway died could not be closed', { error });
          return false;
        },
      )
      .then((done) => {
        closing.delete(session.id);
        // Not after the last of a few only: the slowest would hold up all that are left. One that failed waits its turn.
        if (done && closing.size <= AT_ONCE / 2) wake();
        return undefined;
      });
    closing.set(session.id, closed);
  };
  const look = async (): Promise<void> => {
    const silent = await liveSessionsOf(edges.db, {
      silentMs: SILENT_MS,
      own: { node: edges.node, silentMs: STRAY_MS },
    });
    const left = silent.filter(({ id, node }) => !(node === edges.node && edges.live.knows(id)) && !closing.has(id));
    // Several nodes notice at once: each begins elsewhere, so that they share the work.
    const from = Math.floor(Math.random() * left.length);
    for (const session of [...left.slice(from), ...left.slice(0, from)].slice(0, AT_ONCE - closing.size))
      close(session);
  };
  let stopped = false;
  const wake = (): void => {
    if (stopped || closing.size >= AT_ONCE) return;
    looking ??= look()
      .catch((error: unknown) => edges.log.warn('sessions of silent nodes could not be looked for', { error }))
      .finally(() => {
        looking = undefined;
      });
  };
  const timer = setInterval(wake, LOOK_EVERY_MS);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await looking;
    await Promise.all(closing.values());
  };
}

async function closeOne(edges: ClosingEdges, session: Session): Promise<void> {
  if ((await getSession(edges.db, session.id))?.state !== 'live') return;
  const unread = { head: undefined, problem: 'it could not be read' };
  const { head, problem } = await edges.recordings.end(session.id).catch(() => unread);
  const ended = session.node === edges.node ? NEVER_BEGUN : 'its gateway died';
  await finishSession(edges, {
    id: session.id,
    at: edges.clock.now(),
    because: problem === null ? ended : `${ended}; its recording: ${problem}`,
    bytesIn: session.bytesIn,
    bytesOut: session.bytesOut,
    // what is there now is what will have to be there
    recordingHead: head,
  });
}
