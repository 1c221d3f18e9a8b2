import { WebSocket } from 'ws';
import { until } from '#kit/testing/index.ts';
import type { Caller, PeopledHouse } from './peopled-house.ts';

/** One WebSocket as the console would have it, and what came of it. */
export interface BrowserSocket {
  readonly ws: WebSocket;
  /** What a terminal showed so far. */
  shown(): string;
  /** What came of files so far. */
  file(): Buffer;
  /** What was said beside it. */
  readonly said: Record<string, unknown>[];
  /** Status of the answer, where it was no WebSocket. */
  refused(): number | undefined;
  /** When it was closed, by `performance.now()`. */
  closedAt(): number | undefined;
  type(words: string | Buffer): void;
  /** A piece of a file that is sent. */
  send(piece: Buffer): void;
  tell(message: object): void;
  /** Waits until it is said, or the connection is over. */
  hears(name: string): Promise<Record<string, unknown>>;
  shows(words: string): Promise<void>;
  closed(): Promise<{ readonly code: number; readonly because: string }>;
}

/** Opens a WebSocket to the house the way a page of its console does, unless told otherwise. */
export function openSocket(
  house: Pick<PeopledHouse, 'url'>,
  who: Pick<Caller, 'cookie'>,
  how: {
    readonly origin?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly acks?: false;
  } = {},
): BrowserSocket {
  const home = new URL(house.url);
  const ws = new WebSocket(`ws://${home.host}${how.path ?? '/v1/browser-sessions/connect'}`, {
    headers: {
      origin: how.origin ?? `http://localhost:${home.port}`,
      ...(who.cookie === '' ? {} : { cookie: `reeve_session=${who.cookie}` }),
      ...how.headers,
    },
  });
  const pieces: Buffer[] = [];
  const file: Buffer[] = [];
  let fileBytes = 0;
  const said: Record<string, unknown>[] = [];
  let total = 0;
  let status: number | undefined;
  let at: number | undefined;
  let code = 0;
  const taken = (chunk: Buffer): void => {
    file.push(chunk);
    fileBytes += chunk.length;
    ws.send(JSON.stringify({ files: { shown: fileBytes } }));
  };
  ws.on('unexpected-response', (_request, response) => {
    status = response.statusCode;
    response.resume();
    ws.terminate();
  });
  ws.on('error', () => undefined);
  ws.on('message', (data: Buffer, binary) => {
    if (!binary) return void said.push(JSON.parse(data.toString()) as Record<string, unknown>);
    const chunk = data.subarray(1);
    if (data[0] === 1) return void taken(chunk);
    pieces.push(chunk);
    total += chunk.length;
    if (how.acks !== false) ws.send(JSON.stringify({ shown: total }));
  });
  ws.on('close', (with_) => {
    at = performance.now();
    code = with_;
  });
  const shown = (): string => Buffer.concat(pieces).toString();
  const about = (): string => `${JSON.stringify(said)} ${shown()}`;
  const one = (name: string): Record<string, unknown> | undefined => said.find((message) => name in message);
  return {
    ws,
    said,
    shown,
    file: () => Buffer.concat(file),
    refused: () => status,
    closedAt: () => at,
    type: (words) => ws.send(Buffer.concat([Buffer.of(0), Buffer.from(words)]), { binary: true }),
    send: (piece) => ws.send(Buffer.concat([Buffer.of(1), piece]), { binary: true }),
    tell: (message) => ws.send(JSON.stringify(message)),
    hears: async (name) => {
      await until(() => one(name) !== undefined || at !== undefined, {
        timeoutMs: 10_000,
        what: `${name}: ${about()}`,
      });
      return one(name) ?? {};
    },
    shows: async (words) => {
      await until(() => shown().includes(words), {
        timeoutMs: 10_000,
        what: `the terminal to show ${words}: ${about()}`,
      });
    },
    closed: async () => {
      await until(() => at !== undefined, { timeoutMs: 10_000, what: `the connection to be closed: ${about()}` });
      const ended = one('ended')?.['ended'] as { because: string } | undefined;
      return { code, because: ended?.because ?? '' };
    },
  };
}

/** Asks for an account and shows the key, as the console does. */
export async function openFromBrowser(
  house: Pick<PeopledHouse, 'url'>,
  who: Caller,
  account: string,
  system: string,
  how: { readonly acks?: false } = {},
): Promise<BrowserSocket> {
  const asked = await who.call('POST', '/v1/browser-sessions', { account, system });
  if (asked.status !== 200) throw new Error(`${asked.status} ${asked.text}`);
  const it = openSocket(house, who, how);
  await new Promise<void>((open, fail) => {
    it.ws.once('open', open);
    it.ws.once('error', fail);
  });
  it.tell({ key: asked.body['key'], cols: 100, rows: 30 });
  return it;
}
