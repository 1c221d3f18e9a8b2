import { followSignals } from '#spine/events/index.ts';
import type { GatewayPorts } from '#gateways/port.ts';
import { admitSession } from './admit-session.ts';
import type { AdmissionEdges } from './edges.ts';
import { finishSession } from './finish-session.ts';
import { liveSessionsOf, sayAlive } from './store.ts';

const ALIVE_EVERY_MS = 2_000;
/** A node silent for this long is dead: its sessions died with it, and their records are closed by whoever notices. */
const SILENT_MS = 8_000;

/** What gateways of this node are handed to admit people. */
export const gatewayPorts = (edges: AdmissionEdges): GatewayPorts => ({
  log: edges.log,
  recognises: async (offer) => (await edges.identityOfKey(offer.fingerprint)) !== undefined,
  identify: async (proof) => {
    const identityId = await edges.identityOfKey(proof.fingerprint);
    return identityId === undefined ? undefined : { identityId };
  },
  admit: (ask) => admitSession(edges, ask),
});

/**
 * Keeps a gateway node in step: ends sessions when signals say so, says every two seconds that it lives, and closes
 * the records of sessions whose node fell silent. Returns a stop.
 */
export async function serveSessions(edges: AdmissionEdges): Promise<() => Promise<void>> {
  const stopSignals = await followSignals({ db: edges.db, log: edges.log }, (signal) => {
    if (signal.kind === 'end_session') edges.live.end(signal.subject, signal.message);
    if (signal.kind === 'lock_identity') edges.live.endAllOf(signal.subject, signal.message);
  });
  const tick = async (): Promise<void> => {
    const now = edges.clock.now();
    if (edges.live.size > 0) await sayAlive(edges.db, edges.node, now);
    await closeSilent(edges, new Date(now.getTime() - SILENT_MS));
  };
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= tick()
      .catch((error: unknown) => edges.log.warn('the node could not say that it lives', { error }))
      .finally(() => {
        running = undefined;
      });
  }, ALIVE_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await running;
    await stopSignals();
  };
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
