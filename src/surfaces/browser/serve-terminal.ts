import type { WebSocket } from 'ws';
import { ofTerminal, readJson, tell } from './messages.ts';
import type { GatewayClient, TerminalSize } from './port.ts';

/** How far output may be ahead of what the browser has shown; then the target is not read from. */
const AHEAD = 512 * 1024;
/** What was typed and has not left may be this much: the console stops at half of it. */
const MOST_WAITING = 1024 * 1024;

/**
 * A terminal over a WebSocket: binary messages are bytes of the terminal, either way, and text is said about it. Both
 * sides say how far they are, so that neither a flood of output nor a paste fills memory here. Resolves with why it
 * ended.
 */
export async function serveTerminal(
  ws: WebSocket,
  client: GatewayClient,
  size: TerminalSize,
  used: () => void,
): Promise<string> {
  const shell = await client.shell({ cols: size.cols, rows: size.rows });
  let sent = 0;
  let shown = 0;
  let taken = 0;
  let waiting = 0;
  shell.output((chunk) => {
    if (ws.readyState !== ws.OPEN) return;
    sent += chunk.length;
    ws.send(chunk, { binary: true });
    if (sent - shown > AHEAD) shell.pause();
  });
  ws.on('message', (data: Buffer, binary) => {
    if (binary) {
      used();
      waiting += data.length;
      if (waiting > MOST_WAITING) return ws.close(1008, 'more was typed than is taken');
      shell.input(data, () => {
        waiting -= data.length;
        taken += data.length;
        tell(ws, { taken });
      });
      return;
    }
    const said = ofTerminal.safeParse(readJson(data)).data;
    if (said === undefined) return ws.close(1008, 'that is no message of a terminal');
    if ('resize' in said) return shell.resize(said.resize);
    if (said.shown < shown || said.shown > sent) return ws.close(1008, 'more was shown than was sent');
    shown = said.shown;
    if (sent - shown <= AHEAD / 2) shell.resume();
  });
  tell(ws, { opened: true });
  return await shell.ended;
}
