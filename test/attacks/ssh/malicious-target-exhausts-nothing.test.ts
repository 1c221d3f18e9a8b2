import type { Socket } from 'node:net';
import type { Connection } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Outbox } from '#gateways/ssh/wire/outbox.ts';
import { sendMessage } from '#gateways/ssh/wire/ssh2-surface.ts';
import { NO_TARGET, startDoor, type Door, type Visit } from '#test/ssh-rig/door.ts';
import { idOf, OurTargets, type OurTarget } from '#test/ssh-rig/our-targets.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { byte, text, word } from '#test/ssh-rig/raw-client.ts';

const MEGABYTE = 1024 * 1024;

interface Inside {
  _sock: Socket;
  _protocol: {
    _kexinit: unknown;
    _cipher: object;
    rekey(): void;
    channelOpenConfirm(theirs: number, ours: number, window: number, packet: number): void;
  };
}
const inside = (conn: Connection): Inside => conn as unknown as Inside;

/** A9 of the list of attacks, what a target could make the gateway spend; what it could get at is beside. */
describe('a malicious target', () => {
  const targets = new OurTargets();
  let door: Door;

  beforeAll(async () => {
    door = await startDoor(NO_TARGET, { targetMs: 1500 });
  });
  afterEach(async () => {
    targets.hangUp();
    await door.leave();
  });
  afterAll(async () => {
    await door.stop();
    targets.close();
  });

  const sshTarget = async (): Promise<OurTarget> => {
    const target = await targets.ssh();
    door.ports.target = { ...door.ports.target, port: target.port, pinned: target.pinned };
    return target;
  };
  const ended = async (): Promise<string> => {
    await until(() => door.ports.sessions.at(-1)?.ended.length === 1, 'the session to end');
    return door.ports.last().ended[0]?.reason ?? '';
  };
  /** Sends until the gateway, or its own socket, takes no more; answers how many bytes the gateway took. */
  const pour = async ({ client, remote }: Visit, most: number): Promise<number> => {
    const chunk = Buffer.alloc(30_000, 0x55);
    const before = door.gateway.metrics.bytesIn;
    let granted = 2 * MEGABYTE;
    let seen = 0;
    for (let sent = 0, idle = 0; sent < most && idle < 40 && !client.closed;) {
      for (; seen < client.received.length; seen += 1) {
        const message = client.received[seen];
        if (message?.[0] === 93) granted += message.readUInt32BE(5);
      }
      if (granted >= chunk.length && client.socket.writableLength < MEGABYTE) {
        client.send(byte(94), word(remote), text(chunk));
        sent += chunk.length;
        granted -= chunk.length;
        idle = 0;
      } else {
        idle += 1;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    return door.gateway.metrics.bytesIn - before;
  };

  test.each([
    ['is silent', () => {}, /did not answer in time/],
    ['closes at once', (s: Socket) => s.end(), /web1 broke off/],
    ['speaks another protocol', (s: Socket) => s.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /did not answer in time/],
    [
      'sends garbage',
      (s: Socket) => s.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(4096, 0xff)])),
      /web1 broke off/,
    ],
    [
      'announces a packet of 4 GiB',
      (s: Socket) => s.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), word(0xfffffff8), Buffer.alloc(64)])),
      /web1 broke off/,
    ],
    [
      'greets without end',
      (s: Socket) => {
        const line = Buffer.from(`${'welcome '.repeat(100)}\r\n`);
        const more = setInterval(() => s.write(Buffer.concat(Array.from({ length: 40 }, () => line))), 5);
        s.on('close', () => clearInterval(more));
      },
      /sent more than it should before the login|broke off/,
    ],
  ] as const)('that %s costs a bounded time and a clear sentence', async (_what, serve, sentence) => {
    door.ports.target = { ...NO_TARGET, port: await targets.tcp(serve), pinned: ['SHA256:x'] };
    const began = performance.now();
    const { told } = await door.visit();
    await until(() => told() !== '', 'the person to be told');
    expect(told()).toMatch(sentence);
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test('K14: that shows a banner without end before the login is left', async () => {
    const target = await sshTarget();
    target.onConnection = (conn) => {
      conn.prependListener('authentication', () => {
        const banner = Buffer.concat([byte(53), text('read this '.repeat(2000)), text('')]);
        for (let i = 0; i < 40; i += 1) sendMessage(conn, banner);
      });
    };
    const { told } = await door.visit();
    await until(() => told() !== '', 'the person to be told');
    expect(told()).toMatch(/sent more than it should before the login/);
  });

  test('K16: that sends more than its window ends this session only', async () => {
    const target = await sshTarget();
    const bystander = await door.visit();
    await until(() => target.started === 1, "the bystander's command");
    target.behave = (channel, conn) => {
      const chunk = Buffer.alloc(32_000, 0x43);
      const flood = setInterval(() => {
        for (let i = 0; i < 40; i += 1) sendMessage(conn, Buffer.concat([byte(94), word(idOf(channel)), text(chunk)]));
      }, 3);
      conn.on('close', () => clearInterval(flood));
    };
    const { client } = await door.visit('id', 0); // a person who takes nothing
    expect(await ended()).toBe('protocol violation by the target');
    await client.whenClosed;
    expect(bystander.client.closed).toBe(false);
  });

  test.each([0, 1, 64])('that takes packets of %i bytes only is left before anything is sent to it', async (size) => {
    const target = await sshTarget();
    target.onConnection = (conn) => {
      const { _protocol: protocol } = inside(conn);
      const confirm = protocol.channelOpenConfirm.bind(protocol);
      protocol.channelOpenConfirm = (theirs, ours, window) => confirm(theirs, ours, window, size);
    };
    const { client, remote } = await door.visit();
    client.send(byte(94), word(remote), text('x'.repeat(1000)));
    expect(await ended()).toBe('protocol violation by the target');
  });

  test('that begins to change keys and never goes on is not written to meanwhile', async () => {
    const target = await sshTarget();
    target.onConnection = (conn) => {
      const { _protocol: protocol } = inside(conn);
      const confirm = protocol.channelOpenConfirm.bind(protocol);
      protocol.channelOpenConfirm = (theirs, ours, _window, packet) => confirm(theirs, ours, 0xffffffff, packet);
    };
    target.behave = (_channel, conn) => {
      inside(conn)._protocol.rekey();
      inside(conn)._sock.pause();
    };
    const visit = await door.visit();
    await until(() => target.started === 1, 'the command');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await pour(visit, 32 * MEGABYTE)).toBeLessThan(4 * MEGABYTE);
  });

  test('that changes keys without end is left', async () => {
    const target = await sshTarget();
    target.behave = (_channel, conn) => {
      const storm = setInterval(() => {
        if (inside(conn)._protocol._kexinit === undefined) inside(conn)._protocol.rekey();
      }, 2);
      conn.on('close', () => clearInterval(storm));
    };
    await door.visit();
    expect(await ended()).toBe('protocol violation by the target');
  });

  test('that asks what has to be answered and does not read the answers is not listened to for ever', async () => {
    const target = await sshTarget();
    let socket: Socket | undefined;
    target.behave = (_channel, conn) => {
      socket = inside(conn)._sock;
      socket.pause();
      new Outbox(socket).adopt(inside(conn)._protocol._cipher); // many messages in one write
      const ask = Buffer.concat([byte(80), text('x'), byte(1)]);
      const flood = setInterval(() => {
        if ((socket?.writableLength ?? 0) < 16 * MEGABYTE) for (let i = 0; i < 20_000; i += 1) sendMessage(conn, ask);
      }, 1);
      conn.on('close', () => clearInterval(flood));
    };
    await door.visit();
    await until(() => (socket?.writableLength ?? 0) > 8 * MEGABYTE, 'the gateway to stop reading', 20_000);
    expect(door.ports.last().ended).toEqual([]);
  });

  test('that says over and over that it reads no more is passed on once', async () => {
    const target = await sshTarget();
    target.behave = (channel, conn) => {
      const eow = Buffer.concat([byte(98), word(idOf(channel)), text('eow@openssh.com'), byte(0)]);
      for (let i = 0; i < 5000; i += 1) sendMessage(conn, eow);
      channel.exit(0);
      channel.end();
    };
    const { client } = await door.visit();
    await client.waitFor(97);
    expect(client.received.filter((p) => p[0] === 98 && p.includes('eow@openssh.com'))).toHaveLength(1);
  });
});
