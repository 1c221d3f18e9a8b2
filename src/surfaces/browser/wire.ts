import type { WebSocket } from 'ws';

/** What the first byte of a binary message says the others are of. */
export const TERMINAL = 0;
export const FILE = 1;

/** A WebSocket as this surface speaks on it: bytes of the terminal or of a file, and words beside them. */
export interface Wire {
  readonly open: boolean;
  readonly bytes: (of: typeof TERMINAL | typeof FILE, chunk: Buffer) => void;
  readonly tell: (message: object) => void;
  /** Says why, and closes. Only the first call counts. */
  readonly end: (because: string, code?: number) => void;
}

/** The browser broke the rules of this connection (RFC 6455 7.4.1). */
export const RULES = 1008;
const GONE_MS = 2_000;

export function wireOf(ws: WebSocket): Wire {
  const isOpen = (): boolean => ws.readyState === ws.OPEN;
  return {
    get open() {
      return isOpen();
    },
    bytes: (of, chunk) => {
      if (isOpen()) ws.send(Buffer.concat([Buffer.of(of), chunk]), { binary: true });
    },
    tell: (message) => {
      if (isOpen()) ws.send(JSON.stringify(message));
    },
    end: (because, code = 1000) => {
      if (!isOpen()) return;
      ws.send(JSON.stringify({ ended: { because } }));
      ws.close(code);
      setTimeout(() => ws.terminate(), GONE_MS).unref();
    },
  };
}
