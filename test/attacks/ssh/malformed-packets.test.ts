import { connect } from 'node:net';
import type { Connection } from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendMessage } from '#gateways/ssh/wire/ssh2-surface.ts';
import { NO_TARGET, startDoor, type Door, type Visit } from '#test/ssh-rig/door.ts';
import { idOf, OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, RawClient, text, word } from '#test/ssh-rig/raw-client.ts';
import { until } from '#test/ssh-rig/run-program.ts';

const STREAMS = 100;
const AT_ONCE = 5;

/** Numbers that follow from a seed, so that a stream that breaks something can be sent again. */
class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0;
  }
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }
  of<T>(choices: readonly T[]): T {
    const one = choices[this.below(choices.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }
}

const LIES = [0, 1, 4, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
/** Breaks a message in one to three ways: bytes and lengths changed, cut off, gone on, another number. */
function broken(dice: Dice, message: Buffer): Buffer {
  let it = Buffer.from(message);
  for (let times = 1 + dice.below(3); times > 0; times -= 1) {
    const at = dice.below(it.length);
    const how = dice.below(6);
    if (how === 0) it[at] = dice.below(256);
    else if (how === 1) it = Buffer.from(it.subarray(0, 1 + dice.below(it.length)));
    else if (how === 2) it = Buffer.concat([it, Buffer.alloc(dice.below(2000), dice.below(256))]);
    else if (how === 3 && it.length >= 5) it.writeUInt32BE(dice.of(LIES), 1 + dice.below(it.length - 4));
    else if (how === 4)
      it[0] = dice.of([
        1, 2, 3, 4, 5, 6, 7, 20, 21, 30, 31, 50, 51, 60, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 192,
      ]);
    else it = Buffer.concat([it, it.subarray(at)]);
  }
  return it;
}

const join = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const ask = (id: number, kind: string, ...rest: Buffer[]): Buffer =>
  join(byte(98), word(id), text(kind), bool(true), ...rest);
const global = (kind: string, ...rest: Buffer[]): Buffer => join(byte(80), text(kind), bool(true), ...rest);
const open = (kind: string, ...rest: Buffer[]): Buffer =>
  join(byte(90), text(kind), word(1), word(1 << 21), word(32768), ...rest);

/** What either side says on a channel or about it. */
const said = (id: number): Buffer[] => [
  join(byte(94), word(id), text('some data')),
  join(byte(95), word(id), word(1), text('some more')),
  join(byte(93), word(id), word(1000)),
  join(byte(91), word(id), word(7), word(1 << 21), word(32768)),
  join(byte(92), word(id), word(1), text('no'), text('')),
  join(byte(99), word(id)),
  join(byte(100), word(id)),
  join(byte(96), word(id)),
  join(byte(97), word(id)),
  join(byte(81), text('x')),
  byte(82),
  join(byte(1), word(11), text('bye'), text('')),
  join(byte(2), text('ignored')),
  join(byte(3), word(5)),
  join(byte(4), bool(true), text('debug'), text('')),
  join(byte(7), word(1), text('server-sig-algs'), text('ssh-ed25519')),
  join(byte(20), Buffer.alloc(16, 9), ...Array.from({ length: 10 }, () => text('none')), bool(false), word(0)),
  ask(id, 'eow@openssh.com'),
  ask(id, 'exit-status', word(3)),
  ask(id, 'exit-signal', text('KILL'), bool(false), text('x'), text('')),
];
const askedByClient = (id: number): Buffer[] => [
  open('session'),
  open('direct-tcpip', text('127.0.0.1'), word(22), text('127.0.0.1'), word(1)),
  open('direct-streamlocal@openssh.com', text('/x'), text(''), word(0)),
  ask(id, 'pty-req', text('xterm'), word(80), word(24), word(0), word(0), text(Buffer.from([53, 0, 0, 0, 1, 0]))),
  ask(id, 'env', text('LANG'), text('C')),
  ask(id, 'shell'),
  ask(id, 'exec', text('id')),
  ask(id, 'subsystem', text('sftp')),
  join(byte(94), word(id), text(join(word(9), byte(3), word(1), text('/etc')))),
  ask(id, 'window-change', word(80), word(24), word(0), word(0)),
  ask(id, 'signal', text('INT')),
  ask(id, 'x11-req', bool(false), text('MIT-MAGIC-COOKIE-1'), text('00'), word(0)),
  ask(id, 'auth-agent-req@openssh.com'),
  global('tcpip-forward', text('0.0.0.0'), word(0)),
  global('streamlocal-forward@openssh.com', text('/x')),
  global('keepalive@openssh.com'),
];
const askedByTarget = (id: number): Buffer[] => [
  open('forwarded-tcpip', text('127.0.0.1'), word(22), text('127.0.0.1'), word(1)),
  open('x11', text('127.0.0.1'), word(1)),
  open('auth-agent@openssh.com'),
  global('hostkeys-00@openssh.com', text(text('ssh-ed25519'))),
  global('keepalive@openssh.com'),
  ask(id, 'keepalive@openssh.com'),
];
const LOGIN = (key: Buffer): Buffer[] => [
  join(byte(5), text('ssh-userauth')),
  join(byte(50), text('root%web1'), text('ssh-connection'), text('none')),
  join(
    byte(50),
    text('root%web1'),
    text('ssh-connection'),
    text('publickey'),
    bool(false),
    text('ssh-ed25519'),
    text(key),
  ),
  join(
    byte(50),
    text('root%web1'),
    text('ssh-connection'),
    text('publickey'),
    bool(true),
    text('ssh-ed25519'),
    text(key),
    text(text('ssh-ed25519')),
  ),
  join(
    byte(50),
    text('root%web1'),
    text('ssh-connection'),
    text('hostbased'),
    text('ssh-rsa'),
    text(key),
    text('h'),
    text('u'),
    text('s'),
  ),
  join(byte(50), text('root%web1'), text('ssh-connection'), text('password'), bool(true), text('a'), text('b')),
  join(byte(50), text('root%web1'), text('ssh-connection'), text('keyboard-interactive'), text(''), text('')),
  join(byte(61), word(1), text('x')),
];

/** Four hundred streams of packets that are wrong, from either side: each costs its own connection and nothing else. */
describe('malformed packets', () => {
  const targets = new OurTargets();
  let target: OurTarget;
  let door: Door;
  let bystander: Visit;
  let echoed = '';
  const left: RawClient[] = [];

  beforeAll(async () => {
    target = await targets.ssh();
    door = await startDoor({ ...NO_TARGET, port: target.port, pinned: target.pinned });
    target.behave = (channel) => void channel.pipe(channel);
    bystander = await door.visit('echo');
    await until(() => target.started === 1, 'the bystander');
  });
  afterAll(async () => {
    await door.leave();
    await door.stop();
    targets.close();
  });

  /** Runs every stream, some at a time, and sees that the session beside them goes on. */
  const streams = async (send: (dice: Dice) => Promise<void>): Promise<void> => {
    for (let seed = 0; seed < STREAMS; seed += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => send(new Dice(seed + i))));
      echoed += 'x';
      bystander.client.send(byte(94), word(bystander.remote), text('x'));
      await until(() => bystander.shown().toString() === echoed, `the bystander, after stream ${seed}`);
    }
    for (const client of left.splice(0)) client.end();
    await until(() => door.gateway.metrics.connectionsOpen === 1, 'all but the bystander to be gone', 5000);
    await until(
      () => door.gateway.metrics.sessionsOpen === 1 && door.gateway.metrics.channelsOpen === 1,
      'their sessions too',
    );
  };
  /** Until the connection is closed, or a moment has passed and it may live. */
  const aMoment = (closed: Promise<unknown>): Promise<unknown> =>
    Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 30))]);

  test('in the clear, before any keys, end their own connection only', async () => {
    const kexinit = join(
      byte(20),
      Buffer.alloc(16, 7),
      ...[
        'curve25519-sha256,kex-strict-c-v00@openssh.com',
        'ssh-ed25519',
        'aes128-gcm@openssh.com',
        'aes128-gcm@openssh.com',
        '',
        '',
        'none',
        'none',
        '',
        '',
      ].map((list) => text(list)),
      bool(false),
      word(0),
    );
    const dh = join(byte(30), text(Buffer.alloc(32, 9)));
    await streams(async (dice) => {
      const socket = connect(door.gateway.address.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      const packets = [kexinit, dh, byte(21), ...LOGIN(door.person.blob)].map((message) => {
        const payload = dice.below(3) === 0 ? broken(dice, message) : message;
        const padding = dice.below(4) === 0 ? dice.below(256) : 8 - ((5 + payload.length) % 8) + 8;
        const length = dice.below(4) === 0 ? dice.of(LIES) : 1 + payload.length + padding;
        return join(word(length), byte(padding), payload, Buffer.alloc(padding));
      });
      const greeting = dice.below(4) === 0 ? broken(dice, Buffer.from('SSH-2.0-x\r\n')) : Buffer.from('SSH-2.0-x\r\n');
      socket.write(join(greeting, ...packets.slice(0, 1 + dice.below(packets.length))));
      await aMoment(closed);
      socket.destroy();
    });
    expect(bystander.client.closed).toBe(false);
  });

  test('of somebody who has not logged in end their own connection only, and let nobody in', async () => {
    const before = door.gateway.metrics.loginsAccepted;
    await streams(async (dice) => {
      const client = await door.reach();
      left.push(client);
      const messages = [...LOGIN(door.person.blob), ...said(0), ...askedByClient(0)];
      for (let i = 0; i < 6; i += 1) client.send(broken(dice, dice.of(messages)));
      await aMoment(client.whenClosed);
      client.socket.write(Buffer.alloc(64, dice.below(256)));
    });
    expect(door.gateway.metrics.loginsAccepted).toBe(before);
  });

  test('of somebody who has logged in end their own session only', async () => {
    await streams(async (dice) => {
      const { client, remote } = await door.visit('echo');
      left.push(client);
      const messages = [...said(remote), ...askedByClient(remote)];
      for (let i = 0; i < 30; i += 1) {
        const message = dice.of(messages);
        client.send(dice.below(3) === 0 ? message : broken(dice, message));
      }
      await aMoment(client.whenClosed);
    });
    expect(bystander.client.closed).toBe(false);
  });

  test('of a target end its own session only', async () => {
    const bad = (dice: Dice, conn: Connection, id: number): void => {
      const messages = [...said(id), ...askedByTarget(id)];
      for (let i = 0; i < 30; i += 1) {
        const message = dice.of(messages);
        sendMessage(conn, dice.below(3) === 0 ? message : broken(dice, message));
      }
    };
    const queue: Dice[] = [];
    target.behave = (channel, conn) => {
      const dice = queue.shift();
      if (dice !== undefined) bad(dice, conn, idOf(channel));
    };
    await streams(async (dice) => {
      queue.push(dice);
      const started = target.started;
      const { client } = await door.visit('id');
      left.push(client);
      await until(() => target.started > started, 'the command');
      await aMoment(client.whenClosed);
    });
    expect(bystander.client.closed).toBe(false);
  });
});
