import type { WebSocket } from 'ws';
import { keepInStep, type AtTheBrowser } from './keep-in-step.ts';
import { beginning, readJson, spoken, words } from './messages.ts';
import type { BrowserParts, TerminalSize } from './port.ts';
import { serveFiles } from './serve-files.ts';
import { serveTerminal } from './serve-terminal.ts';
import { FILE, RULES, TERMINAL, wireOf, type Wire } from './wire.ts';

/** How long a browser has to show its key. */
const FIRST_MS = 10_000;

/**
 * Serves one WebSocket: its first message shows a key; then Reeve comes to the gateway for whoever asked, with a terminal
 * and, once they are asked for, files, all of one session. It lasts as long as the gateway's connection and the sign-in
 * both do, and every end is told.
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

async function serve(
  parts: BrowserParts,
  ws: WebSocket,
  wire: Wire,
  by: AtTheBrowser,
  first: TerminalSize & { readonly key: string },
): Promise<void> {
  // it was proved when the connection was made, and may have been ended before the key was shown
  if (!(await parts.signinHolds(by.asker.origin.signinId ?? ''))) return wire.end('Reeve: your sign-in ended');
  const begun = await parts.begin(by.asker, first.key);
  if (begun === undefined)
    return wire.end('this key is good for nothing: it was used, is over, or is not yours. Open the page again', RULES);
  const client = await parts.come(begun);
  ws.once('close', () => client.close());
  if (!wire.open) return client.close();
  const shell = await client.shell({ cols: first.cols, rows: first.rows });
  const terminal = serveTerminal(wire, shell);
  const files = serveFiles(wire, client.files, parts.mostFileBytes);
  const used = keepInStep(parts, ws, wire, by, begun.certificateId);
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
