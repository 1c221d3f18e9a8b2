import type { WebSocket } from 'ws';
import type { Asker } from '#spine/operations/index.ts';
import type { BegunSession, BrowserParts } from './port.ts';
import type { Wire } from './wire.ts';

const PING_MS = 20_000;
const LOOK_MS = 1_000;
/** How often a session is looked for until it is there. */
const SOON_MS = 250;

/** Who is at the other end of a WebSocket. */
export interface AtTheBrowser {
  readonly asker: Asker;
  /** Proves the sign-in again, which counts as using it. */
  readonly again: () => Promise<unknown>;
}

/**
 * Ends the connection when the sign-in does or the browser is not heard of any more, and says which session it is and
 * when that ends. Returns what is to be called when the person does something: only that keeps the sign-in from being
 * idle.
 */
export function keepInStep(
  parts: BrowserParts,
  ws: WebSocket,
  wire: Wire,
  by: AtTheBrowser,
  { by: cameBy }: BegunSession,
): () => void {
  const came = 'passwordId' in cameBy ? { passwordId: cameBy.passwordId } : { certificateId: cameBy.certificateId };
  let used = false;
  let heard = true;
  let told: string | undefined;
  const look = async (): Promise<void> => {
    const active = used;
    used = false;
    const holds = active ? (await by.again()) !== undefined : await parts.signinHolds(by.asker.origin.signinId ?? '');
    if (!holds) return wire.end('Reeve: your sign-in ended');
    const session = await parts.sessionOf(came);
    if (session === undefined) return;
    const { id, endsAt, held, pausedBecause, watchers } = session;
    const now = JSON.stringify({ id, endsAt, held, pausedBecause, watchers });
    if (now !== told) wire.tell({ session: JSON.parse(now) as object });
    told = now;
  };
  // one that cannot be answered now is asked again; access itself is the gateway's to end
  let looks: NodeJS.Timeout | undefined;
  const lookLater = (): void => {
    if (!wire.open) return;
    looks = setTimeout(() => void looking(), told === undefined ? SOON_MS : LOOK_MS);
  };
  const looking = (): Promise<void> =>
    look()
      .catch((error: unknown) => parts.log.warn('a sign-in could not be looked at', { error }))
      .finally(lookLater);
  lookLater();
  ws.on('pong', () => (heard = true));
  const ping = setInterval(() => {
    if (!heard) return ws.terminate();
    heard = false;
    ws.ping();
  }, PING_MS);
  ws.once('close', () => {
    clearTimeout(looks);
    clearInterval(ping);
  });
  return () => {
    used = true;
  };
}
