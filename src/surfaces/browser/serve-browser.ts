import type { WebSocket } from 'ws';
import type { Asker } from '#spine/operations/index.ts';
import { beginning, readJson, tell, words } from './messages.ts';
import type { BrowserParts, GatewayClient } from './port.ts';
import { serveFiles } from './serve-files.ts';
import { serveTerminal } from './serve-terminal.ts';

/** How long a browser has to show its key. */
const FIRST_MS = 10_000;
const PING_MS = 20_000;
const LOOK_MS = 2_000;
/** How soon after it was opened a session is looked for. */
const SOON_MS = 150;

/** Who is at the other end of a WebSocket. */
export interface AtTheBrowser {
  readonly asker: Asker;
  /** Proves the sign-in again, which counts as using it. */
  readonly again: () => Promise<unknown>;
}

/**
 * Serves one WebSocket: its first message shows a key and says what for; then Reeve comes to the gateway for it and
 * passes on what flows. It lasts as long as the gateway's connection and the sign-in both do, and every end is told.
 */
export function serveBrowser(parts: BrowserParts, ws: WebSocket, by: AtTheBrowser): void {
  const late = setTimeout(() => ws.close(1008, 'no key was shown'), FIRST_MS);
  ws.once('close', () => clearTimeout(late));
  ws.once('message', (data: Buffer, binary) => {
    clearTimeout(late);
    const first = binary ? undefined : beginning.safeParse(readJson(data)).data;
    if (first === undefined) return end(ws, 'the first message has to show a key', 1008);
    open(parts, ws, by, first).catch((error: unknown) => {
      parts.log.info('a browser session did not begin', { error: words(error) });
      end(ws, words(error));
    });
  });
}

type First = NonNullable<ReturnType<typeof beginning.safeParse>['data']>;

async function open(parts: BrowserParts, ws: WebSocket, by: AtTheBrowser, first: First): Promise<void> {
  const begun = await parts.begin(by.asker, { key: first.key, kind: first.kind });
  if (begun === undefined)
    return end(ws, 'this key is good for nothing: it was used, is over, or is not yours. Open the page again', 1008);
  const client = await parts.come(begun);
  if (ws.readyState !== ws.OPEN) return client.close();
  ws.once('close', () => client.close());
  const used = keepInStep(parts, ws, by, client, begun.certificateId);
  if (first.kind === 'terminal') end(ws, await serveTerminal(ws, client, first, used));
  else await serveFiles(ws, await client.files(), { most: parts.mostFileBytes, used, over: client.over });
}

/**
 * Ends the connection when the sign-in does or the browser is not heard of, and says when the session ends. Returns what
 * is to be called when the person does something: only that keeps the sign-in from being idle.
 */
function keepInStep(
  parts: BrowserParts,
  ws: WebSocket,
  by: AtTheBrowser,
  client: GatewayClient,
  certificateId: string,
): () => void {
  let touched = false;
  let heard = true;
  let told: string | undefined;
  ws.on('pong', () => (heard = true));
  const look = async (): Promise<void> => {
    const signinId = by.asker.origin.signinId ?? '';
    const active = touched;
    touched = false;
    const holds = active ? (await by.again()) !== undefined : await parts.signinHolds(signinId);
    if (!holds) {
      end(ws, 'Reeve: your sign-in ended');
      return client.close();
    }
    const session = await parts.sessionOf(certificateId);
    if (session === undefined) return;
    const now = `${session.id} ${session.endsAt?.toISOString() ?? ''}`;
    if (now !== told) tell(ws, { session: { id: session.id, endsAt: session.endsAt?.toISOString() ?? null } });
    told = now;
  };
  // one that cannot be answered now is asked again; access itself is the gateway's to end
  const looking = (): void =>
    void look().catch((error: unknown) => parts.log.warn('a sign-in could not be looked at', { error }));
  const ping = setInterval(() => {
    if (!heard) return ws.terminate();
    heard = false;
    ws.ping();
  }, PING_MS);
  const looks = setInterval(looking, LOOK_MS);
  const soon = setTimeout(looking, SOON_MS);
  ws.once('close', () => {
    clearInterval(ping);
    clearInterval(looks);
    clearTimeout(soon);
  });
  return () => (touched = true);
}

function end(ws: WebSocket, because: string, code = 1000): void {
  if (ws.readyState !== ws.OPEN) return;
  tell(ws, { ended: { because } });
  ws.close(code);
  setTimeout(() => ws.terminate(), 2_000).unref();
}
