import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Ticket } from '../../port.ts';
import { backendKey, frame, int32, T } from '../wire/messages.ts';
import { connectTarget } from './connect-target.ts';
import { TargetRefused } from './target-refused.ts';

const PASSWORD = 'correct horse battery staple';
const asks = (method: number, ...more: readonly (Buffer | string)[]): Buffer =>
  frame(T.authentication, int32(method), ...more);
const letsIn = asks(0);
const ready = frame(T.ready, Buffer.from('I'));
const NO_TLS = Buffer.from('N');

/** A server without TLS that says these whatever it hears: the first to the question for TLS, the next to each that follows. */
type Words = readonly (Buffer | ((socket: Socket) => void))[];

const open: { close(): void }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.close()));

/** Logs in to such a server; what came of it, and what the server had heard. */
async function logInTo(words: Words): Promise<{ outcome: unknown; heard: Buffer; password: Buffer }> {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    let at = 0;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(chunk);
      const next = words[at];
      at += 1;
      if (typeof next === 'function') next(socket);
      else if (next !== undefined) socket.write(next);
    });
    open.push({ close: () => socket.destroy() });
  });
  open.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const password = Buffer.from(PASSWORD);
  const ticket = {
    target: { host: '127.0.0.1', port, pinned: ['tls:none'], systemName: 'db1' },
    credential: { kind: 'password', username: 'app', password },
  } as unknown as Ticket;
  const outcome = await connectTarget(ticket, new Map(), { targetMs: 2000 }, new AbortController().signal).then(
    (target) => {
      target.stream.destroy();
      return target;
    },
    (error: unknown) => error,
  );
  return { outcome, heard: Buffer.concat(heard), password };
}

/** Says so much that nobody would keep it, as fast as it is taken, until the line is gone. */
const endlessly =
  (message: Buffer, said: { bytes: number }) =>
  (socket: Socket): void => {
    const block = Buffer.concat(Array.from({ length: 100 }, () => message));
    const more = (): void => {
      while (!socket.destroyed && said.bytes < 64 * 1024 * 1024) {
        said.bytes += block.length;
        if (!socket.write(block)) return void socket.once('drain', more);
      }
    };
    more();
  };

it('is let in by a server that asks nothing', async () => {
  const { outcome, password } = await logInTo([
    NO_TLS,
    Buffer.concat([letsIn, frame(T.parameterStatus, 'server_version', '17'), backendKey(7, Buffer.alloc(4, 1)), ready]),
  ]);
  expect(outcome).toMatchObject({ key: { pid: 7 } });
  expect((outcome as { parameters: Map<string, string> }).parameters.get('server_version')).toBe('17');
  expect(password.every((byte) => byte === 0)).toBe(true);
});

it.each<[string, Words, TargetRefused['kind'], RegExp]>([
  ['answers the question for TLS with something else', [Buffer.from('HTTP')], 'broken', /not answer like a PostgreSQL/],
  ['is ready before anybody is let in', [NO_TLS, ready], 'broken', /goes on before/],
  ['tells a parameter before anybody is let in', [NO_TLS, frame(T.parameterStatus, 'a', 'b')], 'broken', /goes on bef/],
  ['says a message that is none', [NO_TLS, Buffer.from('\0\0\0\0\0\0')], 'broken', /breaks the protocol/],
  ['says a longer message than there is', [NO_TLS, Buffer.from([T.error, 0x3f, 0xff, 0xff, 0xff])], 'broken', /breaks/],
  ['says a row in place of a log-in', [NO_TLS, frame(T.dataRow, Buffer.alloc(2))], 'broken', /breaks the protocol/],
  ['asks without saying how', [NO_TLS, frame(T.authentication, Buffer.alloc(3))], 'broken', /breaks the log-in/],
  ['asks in a way there is none', [NO_TLS, asks(7)], 'refused', /does not know \(7\)/],
  ['asks for the password itself in clear', [NO_TLS, asks(3)], 'untrusted', /without TLS/],
  ['asks for a hash of it in clear', [NO_TLS, asks(5, Buffer.alloc(4))], 'untrusted', /without TLS/],
  ['offers no way that proves both', [NO_TLS, asks(10, 'SCRAM-SHA-1', '')], 'broken', /no SCRAM-SHA-256/],
  ['lets in without the end of the proof', [NO_TLS, asks(10, 'SCRAM-SHA-256', ''), letsIn], 'broken', /skips the end/],
  ['goes back on its question', [NO_TLS, asks(10, 'SCRAM-SHA-256', ''), asks(3)], 'broken', /asks twice/],
  [
    'asks with a challenge of its own',
    [NO_TLS, asks(10, 'SCRAM-SHA-256', ''), asks(11, Buffer.from(`r=${'x'.repeat(40)},s=QQ==,i=4096`))],
    'broken',
    /breaks the log-in/,
  ],
  ['lets in twice', [NO_TLS, Buffer.concat([letsIn, letsIn])], 'broken', /breaks the log-in/],
  [
    'names half a connection',
    [NO_TLS, Buffer.concat([letsIn, frame(T.backendKey, Buffer.alloc(6)), ready])],
    'broken',
    /names no connection/,
  ],
  ['hangs up', [NO_TLS, (socket) => socket.end()], 'unreachable', /closed the connection/],
  ['says nothing', [], 'unreachable', /could not be reached/],
  ['says nothing more', [NO_TLS], 'unreachable', /did not let the account in within 2000 ms/],
])('a server that %s gets nothing', async (_what, words, kind, why) => {
  const { outcome, heard, password } = await logInTo(words);
  expect(outcome).toBeInstanceOf(TargetRefused);
  expect(outcome).toMatchObject({ kind, message: expect.stringMatching(why) as string });
  expect(heard.includes(PASSWORD)).toBe(false);
  expect(password.every((byte) => byte === 0)).toBe(true);
});

it.each([
  ['parameters', Buffer.concat([letsIn, frame(T.parameterStatus, 'a', 'x'.repeat(10_000))]), letsIn],
  ['notices', frame(T.notice, Buffer.from(`M${'x'.repeat(10_000)}\0\0`)), Buffer.alloc(0)],
])('%s without an end are not kept until the log-in is over', async (_what, message, first) => {
  const said = { bytes: 0 };
  const endless = endlessly(message.subarray(first.length), said);
  const { outcome } = await logInTo([
    NO_TLS,
    (socket) => {
      socket.write(first);
      endless(socket);
    },
  ]);
  expect(outcome).toMatchObject({ kind: 'broken', message: 'db1 says too much before the log-in is over' });
  // what was on its way between the two, at most
  expect(said.bytes).toBeLessThan(32 * 1024 * 1024);
});
