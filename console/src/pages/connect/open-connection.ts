import { askBrowserSession } from '../../api/browser-sessions.ts';
import { said } from '../../api/errors.ts';

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export type Entry = {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly modifiedAt: number;
};

/** What is said about files, of the question with that id. */
export interface SaidOfFiles {
  readonly id: number;
  readonly path?: string;
  readonly entries?: readonly Entry[];
  readonly more?: boolean;
  readonly sends?: number;
  readonly takes?: number;
  readonly taken?: number;
  readonly done?: number;
  readonly failed?: string;
}

/** What happens on a connection. */
export interface ConnectionEvents {
  readonly opened: (about: { readonly mostFileBytes: number }) => void;
  readonly session: (now: { readonly id: string; readonly endsAt: string | null }) => void;
  readonly output: (bytes: Uint8Array, shown: () => void) => void;
  /** Once, whatever happens. */
  readonly ended: (because: string) => void;
}

export interface FileEvents {
  readonly said: (about: SaidOfFiles) => void;
  readonly piece: (bytes: Uint8Array<ArrayBuffer>) => void;
}

export interface Connection {
  readonly type: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly resize: (size: Size) => void;
  readonly files: (message: object) => void;
  readonly piece: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly onFiles: (events: FileEvents) => void;
  readonly close: () => void;
}

interface Message {
  readonly opened?: { readonly mostFileBytes: number };
  readonly session?: { readonly id: string; readonly endsAt: string | null };
  readonly taken?: number;
  readonly files?: SaidOfFiles;
  readonly ended?: { readonly because: string };
}

const TERMINAL = 0;
const FILE = 1;
/** A paste goes out in pieces, the next when the one before was taken. */
const PIECE = 32 * 1024;
const AHEAD = 256 * 1024;
/** How often the server hears how far the screen is. */
const SAY_EVERY = 64 * 1024;

const tagged = (tag: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(bytes.length + 1);
  whole[0] = tag;
  whole.set(bytes, 1);
  return whole;
};

/**
 * Opens an account from this browser: asks for a key, shows it, and passes on what flows. The key is good once, so that a
 * connection that was lost is not taken up again; opening anew is a new session.
 */
export const openConnection = (
  to: { readonly system: string; readonly account: string },
  size: Size,
  on: ConnectionEvents,
): Connection => {
  let socket: WebSocket | undefined;
  let closed = false;
  let shown = 0;
  let saidShown = 0;
  let sent = 0;
  let taken = 0;
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let current = size;
  let files: FileEvents | undefined;
  const end = (because: string): void => {
    if (closed) return;
    closed = true;
    on.ended(because);
    socket?.close();
  };
  const say = (message: object): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const flow = (): void => {
    while (waiting.length > 0 && sent - taken < AHEAD && socket?.readyState === WebSocket.OPEN) {
      const [first, ...rest] = waiting;
      waiting = rest;
      if (first === undefined) return;
      socket.send(tagged(TERMINAL, first));
      sent += first.length;
    }
  };
  const heard = (message: Message): void => {
    if (message.opened !== undefined) on.opened(message.opened);
    if (message.session !== undefined) on.session(message.session);
    if (message.files !== undefined) files?.said(message.files);
    if (message.ended !== undefined) end(message.ended.because);
    if (message.taken !== undefined) {
      ({ taken } = message);
      flow();
    }
  };
  const showsOutput = (bytes: Uint8Array): void =>
    on.output(bytes, () => {
      shown += bytes.length;
      if (shown - saidShown < SAY_EVERY) return;
      saidShown = shown;
      say({ shown });
    });
  const connect = async (): Promise<void> => {
    const { key } = await askBrowserSession(to.system, to.account);
    if (closed) return;
    const made = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/browser-sessions/connect`);
    socket = made;
    made.binaryType = 'arraybuffer';
    made.addEventListener('open', () => made.send(JSON.stringify({ key, ...current })));
    made.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') return heard(JSON.parse(data) as Message);
      const bytes = new Uint8Array(data);
      if (bytes[0] === FILE) files?.piece(bytes.subarray(1));
      else showsOutput(bytes.subarray(1));
    });
    made.addEventListener('close', () => end('the connection to Reeve was lost'));
  };
  connect().catch((error: unknown) => end(said(error)));
  return {
    type: (bytes) => {
      for (let at = 0; at < bytes.length; at += PIECE) waiting.push(bytes.slice(at, at + PIECE));
      flow();
    },
    resize: (next) => {
      current = next;
      say({ resize: { cols: next.cols, rows: next.rows } });
    },
    files: (message) => say({ files: message }),
    piece: (bytes) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(tagged(FILE, bytes));
    },
    onFiles: (events) => {
      files = events;
    },
    close: () => {
      closed = true;
      socket?.close();
    },
  };
};
