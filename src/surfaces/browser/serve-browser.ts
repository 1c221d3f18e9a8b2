import type { WebSocket } from 'ws';
import { keepInStep, type AtTheBrowser } from './keep-in-step.ts';
import { beginning, LONGEST_TEXT, MOST_ROWS, prompted, readJson, spoken, words, type Beginning } from './messages.ts';
import type { BegunSession, BrowserParts, TerminalSize } from './port.ts';
import { serveFiles } from './serve-files.ts';
import { servePrompt } from './serve-prompt.ts';
import { serveTerminal } from './serve-terminal.ts';
import { FILE, RULES, TERMINAL, wireOf, type Wire } from './wire.ts';

/** How long a browser has to show its key. */
const FIRST_MS = 10_000;

/**
 * Serves one WebSocket: its first message shows a key; then Reeve comes to the gateway for whoever asked, with a terminal
 * and, once they are asked for, files, or with an SQL prompt, all of one session. It lasts as long as the gateway's
 * connection and the sign-in both do, and every end is told.
 */
export function serveBrowser(parts: BrowserParts, ws: WebSocket, by: AtTheBrowser): void {
  const wire = wireOf(ws);
  const late = setTimeout(() => wire.end('no key was shown', RULES), FIRST_MS);
  ws.once('close', () => clearTimeout(late));
  ws.once('message', (data: Buffer, binary) => {
    clearTimeout(late);
    const first = binary ? undefined : beginning.safeParse(readJson(data)).data;
    if (first === undefined) return wire.end('the first message has to show a key', RULES);
    serve(parts, ws, wire, by, first).catch((error: unknown) => {
      parts.log.info('a browser session did not begin', { error: words(error) });
      wire.end(words(error));
    });
  });
}

interface At {
  readonly parts: BrowserParts;
  readonly ws: WebSocket;
  readonly wire: Wire;
  readonly by: AtTheBrowser;
}

async function serve(
  parts: BrowserParts,
  ws: WebSocket,
  wire: Wire,
  by: AtTheBrowser,
  first: Beginning,
): Promise<void> {
  // it was proved when the connection was made, and may have been ended before the key was shown
  if (!(await parts.signinHolds(by.asker.origin.signinId ?? ''))) return wire.end('Reeve: your sign-in ended');
  const database = 'prompt' in first ? (first.prompt.database ?? undefined) : undefined;
  const begun = await parts.begin(by.asker, { key: first.key, database });
  if (begun === undefined)
    return wire.end('this key is good for nothing: it was used, is over, or is not yours. Open the page again', RULES);
  const at = { parts, ws, wire, by };
  if ('cols' in first) await openTerminal(at, begun, first);
  else await openPrompt(at, begun);
}

async function openTerminal({ parts, ws, wire, by }: At, begun: BegunSession, size: TerminalSize): Promise<void> {
  const client = await parts.come(begun);
  ws.once('close', () => client.close());
  if (!wire.open) return client.close();
  const shell = await client.shell({ cols: size.cols, rows: size.rows });
  const terminal = serveTerminal(wire, shell);
  const files = serveFiles(wire, client.files, parts.mostFileBytes);
  const used = keepInStep(parts, ws, wire, by, begun);
  ws.once('close', () => files.stop());
  ws.on('message', (data: Buffer, binary) => {
    if (binary) {
      used();
      if (data[0] === TERMINAL) return terminal.typed(data.subarray(1));
      return data[0] === FILE ? files.piece(data.subarray(1)) : wire.end('those are bytes of nothing', RULES);
    }
    const said = spoken.safeParse(readJson(data)).data;
    if (said === undefined) return wire.end('that is no message of a browser session', RULES);
    if ('resize' in said) return shell.resize(said.resize);
    if ('shown' in said) return terminal.shown(said.shown);
    if (!('shown' in said.files)) used();
    files.said(said.files);
  });
  wire.tell({ opened: { mostFileBytes: parts.mostFileBytes } });
  wire.end(await shell.ended);
}

async function openPrompt({ parts, ws, wire, by }: At, begun: BegunSession): Promise<void> {
  const { client, protocol, database } = await parts.comeToDatabase(by.asker, begun);
  ws.once('close', () => client.close());
  if (!wire.open) return client.close();
  const prompt = servePrompt(wire, client);
  const used = keepInStep(parts, ws, wire, by, begun);
  ws.on('message', (data: Buffer, binary) => {
    const said = binary ? undefined : prompted.safeParse(readJson(data)).data;
    if (said === undefined) return wire.end('that is no message of an SQL prompt', RULES);
    if (!('shown' in said)) used();
    prompt.said(said);
  });
  wire.tell({ opened: { protocol, database, longestText: LONGEST_TEXT, mostRows: MOST_ROWS } });
  wire.end(await client.over);
}
