import type { Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startFakeMysql, type FakeMysql } from '#test/mysql-rig/fake-target.ts';
import type { Ticket } from '../../port.ts';
import { CAN } from '../wire/capabilities.ts';
import { errorPacket, okPacket, packet } from '../wire/packets.ts';
import { connectTarget } from './connect-target.ts';
import { TargetRefused } from './target-refused.ts';

const PASSWORD = 'correct horse battery staple';
const OTHER = `tls-sha256:${'00:'.repeat(31)}00`;

const greeting = ({ protocol = 10, flags = CAN.tls as number, version = '11.8.0-MariaDB' } = {}): Buffer => {
  const tail = Buffer.alloc(4 + 9 + 2);
  tail.writeUInt32LE(7, 0);
  tail.writeUInt16LE(flags & 0xffff, 13);
  return packet(0, Buffer.from([protocol]), Buffer.from(`${version}\0`), tail);
};
const asks = (sequence: number, way: string, question = Buffer.alloc(21, 1)): Buffer =>
  packet(sequence, Buffer.from([0xfe]), Buffer.from(`${way}\0`), question);
const longer = Buffer.from([0xff, 0xff, 0xff, 3, 0]);

/** What a server says: at once, and over TLS to each thing it hears. */
interface Words {
  readonly greets: Buffer;
  readonly answers?: readonly (Buffer | 'hangs up')[];
  /** The certificate on record, where it is another. */
  readonly pinned?: string;
}

let server: FakeMysql | undefined;
afterEach(async () => await server?.stop());

/** Logs in to such a server; what came of it, and what the server had heard, in clear and over TLS. */
async function logInTo({ greets, answers = [], pinned }: Words) {
  const said = new Map<Socket, number>();
  const logIn = (socket: Socket): boolean => {
    const at = said.get(socket) ?? 0;
    said.set(socket, at + 1);
    const next = answers[at];
    if (next === 'hangs up') socket.end();
    else if (next !== undefined) socket.write(next);
    return false;
  };
  server = await startFakeMysql(() => undefined, { greets, logIn });
  const password = Buffer.from(PASSWORD);
  const ticket = {
    target: { host: '127.0.0.1', port: server.port, pinned: [pinned ?? server.pin], systemName: 'shop' },
    credential: { kind: 'password', username: 'app', password },
  } as unknown as Ticket;
  const wanted = { flags: 0, collation: 45, database: '', attributes: [], variables: [], readOnly: false };
  const outcome = await connectTarget(ticket, wanted, { targetMs: 2000 }, new AbortController().signal).then(
    (target) => {
      target.stream.destroy();
      target.control.destroy();
      return target;
    },
    (error: unknown) => error,
  );
  return { outcome, heard: Buffer.concat([...server.clear, ...server.received]), password };
}

it('is let in twice by a server that asks nothing', async () => {
  const { outcome, password } = await logInTo({ greets: greeting(), answers: [okPacket(3, 2, '')] });
  expect(outcome).toMatchObject({ threadId: 7, version: '11.8.0-MariaDB', status: 2 });
  expect(password.every((byte) => byte === 0)).toBe(true);
});

it('says the password itself to the server that is on record, where its way is so, and to no other', async () => {
  const way = 'caching_sha2_password';
  const answers = [asks(3, way), packet(5, Buffer.from([1, 4])), okPacket(7, 2, '')];
  const trusted = await logInTo({ greets: greeting(), answers });
  expect(trusted.outcome).toMatchObject({ threadId: 7 });
  expect(trusted.heard.includes(PASSWORD)).toBe(true);
  const other = await logInTo({ greets: greeting(), answers, pinned: OTHER });
  expect(other.outcome).toMatchObject({ kind: 'untrusted' });
  expect(other.heard.includes(PASSWORD)).toBe(false);
});

const over = (...answers: readonly (Buffer | 'hangs up')[]): Words => ({ greets: greeting(), answers });

it.each<[string, Words, TargetRefused['kind'], RegExp]>([
  ['speaks an older protocol', { greets: greeting({ protocol: 9 }) }, 'broken', /does not answer like a MySQL/],
  ['speaks another protocol', { greets: Buffer.from('SSH-2.0-x\r\n') }, 'broken', /breaks the protocol/],
  [
    'greets with half of it',
    { greets: packet(0, Buffer.from([10]), Buffer.from('11\0')) },
    'broken',
    /not answer like/,
  ],
  ['has a version without an end', { greets: packet(0, Buffer.from([10, 49])) }, 'broken', /does not answer like/],
  ['has had too many', { greets: errorPacket(0, problem(1040)) }, 'refused', /shop: too bad/],
  ['offers no TLS', { greets: greeting({ flags: 0 }) }, 'untrusted', /offers no TLS/],
  ['goes on in clear', { greets: Buffer.concat([greeting(), okPacket(1, 2, '')]) }, 'untrusted', /before TLS began/],
  ['shows another certificate', { ...over(okPacket(3, 2, '')), pinned: OTHER }, 'untrusted', /not the one on rec/],
  ['says a longer packet than a log-in has', over(longer), 'broken', /breaks the protocol/],
  ['counts wrong', over(okPacket(4, 2, '')), 'broken', /breaks the protocol/],
  ['says yes with half a word', over(packet(3, Buffer.from([0, 0]))), 'broken', /breaks the log-in/],
  ['says yes and goes on', over(Buffer.concat([okPacket(3, 2, ''), okPacket(4, 2, '')])), 'broken', /goes on after/],
  ['says no', over(errorPacket(3, problem(1045))), 'refused', /does not take the credential that the vault holds/],
  ['asks for the password itself', over(asks(3, 'mysql_clear_password')), 'refused', /`mysql_clear_password`, which R/],
  ['asks to be shown files', over(packet(3, Buffer.from([0xfb, 47]))), 'broken', /in a way that is not MySQL's/],
  ['wants more where it asked nothing', over(packet(3, Buffer.from([1, 4]))), 'broken', /in a way that is not MySQL's/],
  [
    'wants more in a way there is none',
    over(asks(3, 'caching_sha2_password'), packet(5, Buffer.from([1, 9]))),
    'broken',
    /breaks the log-in/,
  ],
  [
    'asks without an end',
    over(...[3, 5, 7, 9, 11, 13, 15, 17].map((sequence) => asks(sequence, 'mysql_native_password'))),
    'broken',
    /does not come to an end/,
  ],
  ['hangs up', over('hangs up'), 'unreachable', /closed the connection/],
  ['says nothing', { greets: Buffer.alloc(0) }, 'unreachable', /closed the connection|could not be reached/],
  ['says nothing more', over(), 'unreachable', /closed the connection/],
])('a server that %s gets nothing', async (_what, words, kind, why) => {
  const { outcome, heard, password } = await logInTo(words);
  expect(outcome).toBeInstanceOf(TargetRefused);
  expect(outcome).toMatchObject({ kind, message: expect.stringMatching(why) as string });
  expect(heard.includes(PASSWORD)).toBe(false);
  expect(password.every((byte) => byte === 0)).toBe(true);
});

function problem(number: number) {
  return { number, state: '28000', message: 'too bad' };
}
