import { followSignals } from '#spine/events/index.ts';
import type { GatewayPorts } from '#gateways/port.ts';
import { admitSession } from './admit-session.ts';
import type { AdmissionEdges } from './edges.ts';
import { finishSession } from './finish-session.ts';
import { holdSessions } from './live/hold-sessions.ts';
import { closedAmong, liveSessionsOf, sayAlive } from './store.ts';

const ALIVE_EVERY_MS = 2_000;
/** Whether somebody still observes the sessions that need it. Who comes or goes is felt at once; this notices who falls silent. */
const OBSERVERS_EVERY_MS = 1_000;
/** A node silent for this long is dead: its sessions died with it, and their records are closed by whoever notices. */
const SILENT_MS = 8_000;
/** A node that could not say so for this long ends its sessions itself, before others take them for dead. */
const CUT_OFF_MS = SILENT_MS - ALIVE_EVERY_MS;

/** What gateways of this node are handed to admit people. */
export const gatewayPorts = (edges: AdmissionEdges): GatewayPorts => ({
  log: edges.log,
  recognises: async (offer) =>
    offer.kind === 'ssh_certificate'
      ? (await edges.identityOfCertificate(offer)) !== undefined
      : (await edges.identityOfKey(offer.fingerprint)) !== undefined,
  identify: async (proof) => {
    if (proof.kind === 'ssh_certificate') return await edges.identityOfCertificate(proof);
    const identityId = await edges.identityOfKey(proof.fingerprint);
    return identityId === undefined ? undefined : { identityId };
  },
  admit: (ask) => admitSession(edges, ask),
});

/**
 * Keeps a gateway node in step: ends sessions when signals say so, says every two seconds that it lives, and closes
 * the records of sessions whose node fell silent. A node that cannot reach the database ends its sessions after six
 * seconds: it would not hear that an access was revoked. Returns a stop.
 */
export async function serveSessions(edges: AdmissionEdges): Promise<() => Promise<void>> {
  const look = (ids: readonly string[]): void =>
    void holdSessions(edges, ids).catch((error: unknown) =>
      edges.log.warn('whether sessions are held could not be read', { error }),
    );
  const stopSignals = await followSignals({ db: edges.db, log: edges.log }, (signal) => {
    if (signal.kind === 'end_session') edges.live.end(signal.subject, signal.message);
    if (signal.kind === 'lock_identity') edges.live.endAllOf({ identityId: signal.subject }, signal.message);
    if (signal.kind === 'lock_account') edges.live.endAllOf({ accountId: signal.subject }, signal.message);
    if (signal.kind === 'lock_system') edges.live.endAllOf({ systemId: signal.subject }, signal.message);
    if (signal.kind === 'lock_everything') edges.live.endAll(signal.message);
    if (signal.kind === 'message_session') edges.live.control(signal.subject)?.tell(signal.message);
    if (signal.kind === 'session_changed') look([signal.subject]);
  });
  let cutOff: NodeJS.Timeout | undefined;
  const inReach = (): void => {
    clearTimeout(cutOff);
    cutOff = undefined;
  };
  const endAll = (): void => {
    cutOff = undefined;
    if (edges.live.size === 0) return;
    edges.log.error('sessions were ended because the database could not be reached', { sessions: edges.live.size });
    edges.live.endAll('Reeve could not tell whether the access still holds');
  };
  const tick = async (): Promise<void> => {
    const now = edges.clock.now();
    if (edges.live.size > 0) await stayAlive(edges, now);
    inReach();
    await closeSilent(edges, new Date(now.getTime() - SILENT_MS));
  };
  const observing = setInterval(() => look(edges.live.observed), OBSERVERS_EVERY_MS);
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    cutOff ??= setTimeout(endAll, CUT_OFF_MS).unref();
    running ??= tick()
      .catch((error: unknown) => edges.log.warn('the node could not say that it lives', { error }))
      .finally(() => {
        running = undefined;
      });
  }, ALIVE_EVERY_MS);
  return async () => {
    clearInterval(timer);
    clearInterval(observing);
    inReach();
    await running;
    await stopSignals();
  };
}

/** Says that the sessions here live; those whose record somebody closed meanwhile, taking this node for dead, end. */
async function stayAlive(edges: AdmissionEdges, now: Date): Promise<void> {
  if ((await sayAlive(edges.db, edges.node, now)) >= edges.live.size) return;
  for (const id of await closedAmong(edges.db, edges.live.ids))
    edges.live.end(id, 'its record was closed while its gateway could not be reached');
}

async function closeSilent(edges: AdmissionEdges, silentSince: Date): Promise<void> {
  for (const session of await liveSessionsOf(edges.db, { silentSince })) {
    if (session.node === edges.node) continue;
    const checked = await edges.recordings.verify(session.id, undefined).catch(() => undefined);
    await finishSession(edges, {
      id: session.id,
      at: edges.clock.now(),
      because: checked?.problem == null ? 'its gateway died' : `its gateway died; its recording: ${checked.problem}`,
      bytesIn: session.bytesIn,
      bytesOut: session.bytesOut,
      // what is there now is what will have to be there
      recordingHead: checked?.head === '' ? undefined : checked?.head,
    });
  }
}
