import { followSignals } from '#spine/events/index.ts';
import type { GatewayPorts } from '#gateways/port.ts';
import { admitSession } from './admit-session.ts';
import type { AdmissionEdges } from './edges.ts';
import { followGrants } from './follow-grants.ts';
import { holdSessions } from './live/hold-sessions.ts';
import { closedAmong, sayAlive } from './store.ts';
import { ALIVE_EVERY_MS, CUT_OFF_MS, OBSERVERS_EVERY_MS } from './times.ts';

/** What gateways of this node are handed to admit people. */
export const gatewayPorts = (edges: AdmissionEdges): GatewayPorts => ({
  log: edges.log,
  recognises: async (offer) =>
    offer.kind === 'ssh_certificate'
      ? (await edges.identityOfCertificate(offer)) !== undefined
      : await edges.logins.recognises(offer.fingerprint),
  identify: (proof) =>
    proof.kind === 'ssh_certificate'
      ? edges.identityOfCertificate(proof)
      : edges.logins.identify(proof.fingerprint, proof.address),
  admit: (ask) => admitSession(edges, ask),
  logins: edges.logins,
});

/**
 * Keeps a gateway node in step: ends sessions when signals say so and when what they rest on is over, and says every
 * second that it lives. A node that cannot reach the database ends its sessions after five seconds: it would not hear
 * that an access was revoked. Returns a stop.
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
  const stopGrants = await followGrants(edges);
  const tick = async (): Promise<void> => {
    const known = edges.live.known;
    if (known.length > 0) await stayAlive(edges, known);
    inReach();
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
    await stopGrants();
    await stopSignals();
  };
}

/** Says that the sessions here live; those whose record somebody closed meanwhile, taking this node for dead, end. */
async function stayAlive(edges: AdmissionEdges, known: readonly string[]): Promise<void> {
  const said = new Set(await sayAlive(edges.db, edges.node, known));
  const unsaid = edges.live.ids.filter((id) => !said.has(id));
  if (unsaid.length === 0) return;
  for (const id of await closedAmong(edges.db, unsaid))
    edges.live.end(id, 'its record was closed while its gateway could not be reached');
}
