import type { AdmissionEdges } from './edges.ts';
import { finishSession } from './finish-session.ts';
import type { Session } from './model.ts';
import { getSession, liveSessionsOf } from './store.ts';
import { LOOK_EVERY_MS, SILENT_MS } from './times.ts';

/** What it takes to close the records of others' sessions; no gateway is needed. */
export type ClosingEdges = Pick<AdmissionEdges, 'db' | 'clock' | 'log' | 'operator' | 'recordings' | 'node'>;

const AT_ONCE = 8;

/**
 * Closes the records of sessions whose node fell silent, on whichever node looks first; every process of Reeve does,
 * also one without a gateway. Returns a stop.
 */
export function closeSilentSessions(edges: ClosingEdges): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= closeSilent(edges)
      .catch((error: unknown) => edges.log.warn('sessions of silent nodes could not be looked for', { error }))
      .finally(() => {
        running = undefined;
      });
  }, LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function closeSilent(edges: ClosingEdges): Promise<void> {
  const silent = await liveSessionsOf(edges.db, { silentMs: SILENT_MS });
  const others = silent.filter(({ node }) => node !== edges.node);
  // Several nodes notice at once: each begins elsewhere, so that they share the work.
  const from = Math.floor(Math.random() * others.length);
  const waiting = [...others.slice(from), ...others.slice(0, from)];
  const hand = async (): Promise<void> => {
    for (let session = waiting.pop(); session !== undefined; session = waiting.pop())
      await closeOne(edges, session).catch((error: unknown) =>
        edges.log.error('the record of a session whose gateway died could not be closed', { error }),
      );
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
}

async function closeOne(edges: ClosingEdges, session: Session): Promise<void> {
  if ((await getSession(edges.db, session.id))?.state !== 'live') return;
  const checked = await edges.recordings.verify(session.id, undefined).catch(() => undefined);
  const damaged = checked !== undefined && !checked.ok && !checked.unfinished;
  await finishSession(edges, {
    id: session.id,
    at: edges.clock.now(),
    because: damaged ? `its gateway died; its recording: ${checked.problem}` : 'its gateway died',
    bytesIn: session.bytesIn,
    bytesOut: session.bytesOut,
    // what is there now is what will have to be there
    recordingHead: checked?.head === '' ? undefined : checked?.head,
  });
}
