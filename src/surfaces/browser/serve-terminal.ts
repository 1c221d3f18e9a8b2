import type { Shell } from './port.ts';
import { RULES, TERMINAL, type Wire } from './wire.ts';

/** How far output may be ahead of what the browser has shown; then the target is not read from. */
const AHEAD = 512 * 1024;
/** What was typed and has not left may be this much: the console stops well before. */
const MOST_WAITING = 1024 * 1024;

/** A terminal as its browser hears and moves it. */
export interface ServedTerminal {
  readonly typed: (data: Buffer) => void;
  readonly shown: (bytes: number) => void;
}

/**
 * Passes a terminal on. Both sides say how far they are, so that neither a flood of output nor a paste fills memory
 * here, and a side that stands still holds up the other no further than that.
 */
export function serveTerminal(wire: Wire, shell: Shell): ServedTerminal {
  let sent = 0;
  let shown = 0;
  let taken = 0;
  let waiting = 0;
  shell.output((chunk) => {
    sent += chunk.length;
    wire.bytes(TERMINAL, chunk);
    if (sent - shown > AHEAD) shell.pause();
  });
  return {
    typed: (data) => {
      waiting += data.length;
      if (waiting > MOST_WAITING) return wire.end('more was typed than is taken', RULES);
      shell.input(data, () => {
        waiting -= data.length;
        taken += data.length;
        wire.tell({ taken });
      });
    },
    shown: (bytes) => {
      if (bytes < shown || bytes > sent) return wire.end('more was shown than was sent', RULES);
      shown = bytes;
      if (sent - shown <= AHEAD / 2) shell.resume();
    },
  };
}
