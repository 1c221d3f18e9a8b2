import { askBrowserSession } from '../../../api/browser-sessions.ts';
import { said } from '../../../api/errors.ts';

/** A value: text, absent, the beginning of a longer text, or bytes in hex. */
export type Cell =
  | string
  | null
  | { readonly begins: string; readonly bytes: number }
  | { readonly hex: string; readonly bytes: number };

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNumber: boolean;
}

export interface Place {
  readonly start: number;
  readonly end: number;
}

interface OfStatement {
  readonly id: number;
  readonly n: number;
}

/** What the server says on an SQL prompt; each message has one of these. */
export interface PromptMessage {
  readonly opened?: {
    readonly protocol: 'postgres' | 'mysql';
    readonly database: string;
    readonly longestText: number;
    readonly mostRows: { readonly screen: number; readonly file: number };
  };
  readonly session?: {
    readonly id: string;
    readonly endsAt: string | null;
    readonly held: 'paused' | 'observer' | 'recording' | null;
    readonly pausedBecause: string | null;
    readonly watchers: number;
  };
  readonly begins?: OfStatement & { readonly where?: Place };
  readonly columns?: OfStatement & { readonly columns: readonly Column[] };
  readonly rows?: OfStatement & { readonly rows: readonly (readonly Cell[])[] };
  readonly done?: OfStatement & {
    readonly tag: string;
    readonly rows: number | null;
    readonly more: boolean;
    readonly ms: number;
  };
  readonly failed?: OfStatement & {
    readonly code: string;
    readonly message: string;
    readonly detail?: string;
    readonly hint?: string;
    readonly at?: number;
    readonly ms: number;
  };
  readonly over?: { readonly id: number; readonly transaction: 'none' | 'open' | 'failed' };
  readonly refused?: { readonly id: number; readonly because: string };
  readonly notCancelled?: { readonly because: string };
  readonly notice?: { readonly severity: string; readonly text: string };
  readonly found?: {
    readonly id: number;
    readonly rows?: readonly (readonly Cell[])[];
    readonly more?: boolean;
    readonly failed?: string;
  };
  readonly ended?: { readonly because: string };
  /** Beside rows: how far the connection is, to be said back once they are taken. */
  readonly upTo?: number;
}

export interface PromptConnection {
  readonly say: (message: object) => void;
  readonly close: () => void;
}

/**
 * Opens a database from this browser: asks for a key, shows it, and hands on what comes. What was handed on is acknowledged,
 * so that the server sends no faster than this page takes it.
 */
export const openPrompt = (
  to: { readonly system: string; readonly account: string; readonly database: string },
  heard: (message: PromptMessage) => void,
): PromptConnection => {
  let socket: WebSocket | undefined;
  let closed = false;
  const end = (because: string): void => {
    if (closed) return;
    closed = true;
    heard({ ended: { because } });
    socket?.close();
  };
  const say = (message: object): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const connect = async (): Promise<void> => {
    const { key } = await askBrowserSession(to.system, to.account);
    if (closed) return;
    const made = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/browser-sessions/connect`);
    socket = made;
    made.addEventListener('open', () =>
      made.send(JSON.stringify({ key, prompt: { database: to.database === '' ? null : to.database } })),
    );
    made.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string' || closed) return;
      const message = JSON.parse(data) as PromptMessage;
      if (message.ended !== undefined) return end(message.ended.because);
      heard(message);
      if (message.upTo !== undefined) say({ shown: message.upTo });
    });
    made.addEventListener('close', () => end('the connection to Reeve was lost'));
  };
  connect().catch((error: unknown) => end(said(error)));
  return {
    say,
    close: () => {
      closed = true;
      socket?.close();
    },
  };
};
