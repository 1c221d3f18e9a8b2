import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Outbox } from '#gateways/ssh/wire/outbox.ts';
import { factsOf, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { OurTargets } from '#test/ssh-rig/our-targets.ts';
import { bool, byte, text, word, type RawClient } from '#test/ssh-rig/raw-client.ts';
import { until } from '#test/ssh-rig/run-program.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';

const SUCCESS = 52;
const CONFIRM = 91;
const OPEN_FAILURE = 92;
const MEGABYTE = 1024 * 1024;

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP resource-abuse: no sshd on this machine (apt-get install openssh-server)');

/** A10: bounded memory and processor, and others keep working. */
describe.skipIf(sshdPath === undefined)('a client', () => {
  const targets = new OurTargets();
  const sockets: Socket[] = [];
  let sshd: Sshd;
  let door: Door;

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    door = await startDoor(factsOf(sshd), {
      loginMs: 1500,
      preAuth: 12,
      preAuthPerSource: 6,
      channelsPerConnection: 8,
      connectionsPerPerson: 5,
    });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    targets.hangUp();
    await door.leave();
    door.ports.target = factsOf(sshd);
  });
  afterAll(async () => {
    await door.stop();
    await sshd.stop();
    targets.close();
  });

  const tcp = (localAddress = '127.0.0.1'): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const to = { port: door.gateway.address.port, host: '127.0.0.1', localAddress };
      const socket = connect(to, () => resolve(socket));
      socket.on('error', reject);
      sockets.push(socket);
      socket.resume();
    });
  const closed = (socket: Socket, limitMs = 5000): Promise<boolean> =>
    new Promise((resolve) => {
      if (socket.destroyed) return resolve(true);
      const timer = setTimeout(() => resolve(false), limitMs);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  /** Many messages, handed to the network together. */
  const flood = (client: RawClient, message: readonly Buffer[], times: number): void => {
    for (let i = 0; i < times; i += 1) client.send(...message);
  };
  const inOneWrite = (client: RawClient): void => new Outbox(client.socket).adopt(client.cipher);

  test('K14: that trickles its handshake is dropped when the login time is over', async () => {
    const socket = await tcp();
    const began = performance.now();
    const drip = setInterval(() => socket.write('S'), 50);
    expect(await closed(socket)).toBe(true);
    clearInterval(drip);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('K14: that opens many connections is held to its share', async () => {
    await Promise.all(Array.from({ length: 6 }, () => tcp()));
    const before = door.gateway.metrics.refusedForLoad;
    expect(await closed(await tcp(), 1000)).toBe(true);
    expect(door.gateway.metrics.refusedForLoad).toBe(before + 1);
  });

  test('K14: that fills the door from many addresses without end keeps nobody out', async () => {
    const inside = await door.visit('cat');
    let opened = 0;
    const storming = { on: true };
    const storm = async (): Promise<void> => {
      while (storming.on && opened < 2000) {
        opened += 1;
        const one = await tcp(`127.7.0.${1 + (opened % 8)}`).catch(() => undefined);
        one?.on('error', () => {});
        if (opened % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const storms = [storm(), storm()];
    await until(() => opened > 100, 'the storm');
    const client = await door.login();
    expect(client.types()).toContain(SUCCESS);
    inside.client.send(byte(94), word(inside.remote), text('still here'));
    await until(() => inside.shown().toString() === 'still here', 'the session beside it');
    storming.on = false;
    await Promise.all(storms);
    await until(() => door.gateway.metrics.connectionsOpen <= 12 + 2, 'the refused to be gone');
  });

  test('that logs in again and again is told when one person has enough connections', async () => {
    const held = await Promise.all(Array.from({ length: 5 }, () => door.login()));
    const more = await door.login();
    await more.whenClosed;
    const goodbye = more.received.find((p) => p[0] === 1)?.toString('latin1');
    expect(goodbye).toContain('Reeve: you have 5 connections open, as many as one may have');
    for (const one of held) expect(one.closed).toBe(false);
    held[0]?.end();
    await until(() => door.gateway.metrics.connectionsOpen === 4, 'one of them to leave');
    expect((await door.visit('true')).client.closed).toBe(false);
  });

  test('that asks for more channels than allowed is refused them, forwards like the others', async () => {
    door.ports.allowForwarding = [`127.0.0.1:${sshd.port}`];
    const client = await door.login();
    await until(() => (door.ports.sessions.at(-1)?.ended.length ?? 1) === 0, 'the session');
    await until(async () => {
      client.received.length = 0;
      client.openSession(0);
      await client.waitFor(CONFIRM);
      return true;
    }, 'a channel');
    const to = [text('127.0.0.1'), word(sshd.port), text('127.0.0.1'), word(1)];
    for (let i = 1; i < 12; i += 1)
      client.send(byte(90), text('direct-tcpip'), word(i), word(1 << 21), word(32768), ...to);
    await until(() => client.types().filter((t) => t === CONFIRM || t === OPEN_FAILURE).length === 12, 'the answers');
    expect(client.types().filter((t) => t === CONFIRM)).toHaveLength(8);
    door.ports.allowForwarding = [];
  });

  test('that opens and closes empty channels for ever leaves nothing behind', async () => {
    const client = await door.login();
    for (let i = 0; i < 200; i += 1) {
      client.received.length = 0;
      client.openSession(i);
      const confirm = await client.waitFor(CONFIRM);
      client.send(byte(97), word(confirm?.readUInt32BE(5) ?? 0));
      await client.waitFor(97);
    }
    expect(client.closed).toBe(false);
  });

  test.each([0, 1, 64])('that takes packets of %i bytes only is disconnected', async (size) => {
    const before = door.gateway.metrics.protocolViolations;
    const client = await door.login();
    client.openSession(0, 1 << 21, size);
    await client.whenClosed;
    expect(door.gateway.metrics.protocolViolations + door.ports.last().ended.length).toBeGreaterThan(before);
  });

  test('K16: that sends more than its window is disconnected, and nobody else is', async () => {
    const bystander = await door.login();
    const { client, remote } = await door.visit('sleep 30');
    const chunk = Buffer.alloc(32_000, 0x42);
    const pour = setInterval(() => {
      if (!client.closed) flood(client, [byte(94), word(remote), text(chunk)], 40);
    }, 5);
    await client.whenClosed;
    clearInterval(pour);
    expect(bystander.closed).toBe(false);
  });

  test('that fills every channel towards a target that reads nothing is promised a bounded sum', async () => {
    const target = await targets.ssh();
    door.ports.target = {
      ...factsOf(sshd),
      port: target.port,
      pinned: target.pinned,
      secret: { password: Buffer.from('x') },
    };
    target.onConnection = (conn) => {
      type Confirm = (theirs: number, ours: number, window: number, packet: number) => void;
      const protocol = (conn as unknown as { _protocol: { channelOpenConfirm: Confirm } })._protocol;
      const confirm = protocol.channelOpenConfirm.bind(protocol);
      protocol.channelOpenConfirm = (theirs, ours, _window, packet) => confirm(theirs, ours, 0, packet);
    };
    const client = await door.login();
    const promised = new Map<number, number>();
    for (let i = 0; i < 8; i += 1) {
      client.openSession(i);
      const confirm = await client.waitFor(CONFIRM, 5000, client.received.length);
      const remote = confirm?.readUInt32BE(5) ?? 0;
      promised.set(remote, confirm?.readUInt32BE(9) ?? 0);
      client.exec(remote, 'sleep 30');
    }
    await until(() => target.started === 8, 'all commands');
    for (const [remote, window] of promised) {
      for (let left = window; left > 0; left -= 32_000)
        client.send(byte(94), word(remote), text(Buffer.alloc(Math.min(left, 32_000), 0x42)));
    }
    const sum = [...promised.values()].reduce((a, b) => a + b, 0);
    const taken = (): number =>
      door.ports
        .last()
        .recorder.channels.flatMap((c) => c.input)
        .reduce((n, b) => n + b.length, 0);
    await until(() => taken() === sum, 'all of it to be taken');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.types()).not.toContain(93); // nothing more is promised
    expect(sum).toBe(4 * 2 * MEGABYTE + 4 * 128 * 1024);
    expect(client.closed).toBe(false);
  });

  test('that never reads while its command writes costs bounded memory', async () => {
    // a window of 4 GiB: only the socket holds the target back
    const { client } = await door.visit('cat /dev/zero', 0xffffffff);
    await client.waitFor(99); // said before the target is reached
    client.socket.pause();
    await until(() => door.gateway.metrics.bytesOut > 0, 'the first bytes');
    await settled(32);
    expect(client.closed).toBe(false);
    door.ports.last().recorder.channels.length = 0;
  });

  test('that begins to change keys and never goes on costs bounded memory', async () => {
    const { client } = await door.visit('cat /dev/zero', 0xffffffff);
    await client.waitFor(99); // said before the target is reached
    client.rekey();
    client.socket.pause();
    await until(() => door.gateway.metrics.bytesOut > 0, 'the first bytes');
    await settled(32);
    expect(client.closed).toBe(false);
    door.ports.last().recorder.channels.length = 0;
  });

  /** Waits until no more comes from the target, and holds what came since to so many megabytes. */
  const settled = async (most: number): Promise<void> => {
    const before = door.gateway.metrics.bytesOut;
    let last = -1;
    await until(async () => {
      expect(door.gateway.metrics.bytesOut - before).toBeLessThan(most * MEGABYTE);
      const still = last === door.gateway.metrics.bytesOut;
      last = door.gateway.metrics.bytesOut;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return still;
    }, 'the flood to stop');
  };

  test('that makes the gateway answer and never reads is not listened to for ever', async () => {
    const client = await door.login();
    client.socket.pause();
    inOneWrite(client);
    await until(
      () => {
        if (client.socket.writableLength < 16 * MEGABYTE) flood(client, [byte(80), text('x'), bool(true)], 20_000);
        return client.socket.writableLength > 8 * MEGABYTE;
      },
      'the gateway to stop reading',
      20_000,
    );
    expect(client.closed).toBe(false);
  });

  test('that resizes its terminal without end, before a target that does not read, is not listened to for ever', async () => {
    const target = await targets.ssh();
    door.ports.target = {
      ...factsOf(sshd),
      port: target.port,
      pinned: target.pinned,
      secret: { password: Buffer.from('x') },
    };
    target.behave = (_channel, conn) => void (conn as unknown as { _sock: Socket })._sock.pause();
    const { client, remote } = await door.visit('sleep 30');
    await until(() => target.started === 1, 'the command');
    inOneWrite(client);
    let turn = 0;
    await until(
      () => {
        for (let i = 0; i < 20_000 && client.socket.writableLength < 16 * MEGABYTE; i += 1) {
          turn += 1;
          client.send(
            byte(98),
            word(remote),
            text('window-change'),
            bool(false),
            word(turn % 200),
            word(24),
            word(0),
            word(0),
          );
        }
        return client.socket.writableLength > 8 * MEGABYTE;
      },
      'the gateway to stop reading',
      20_000,
    );
    expect(client.closed).toBe(false);
    door.ports.last().recorder.channels.length = 0;
  });

  test('that re-keys without end is disconnected', async () => {
    const client = await door.login();
    const storm = setInterval(() => client.rekey(), 2);
    await client.whenClosed;
    clearInterval(storm);
    expect(client.closed).toBe(true);
  });

  test('that asks for thousands of refused things leaves a bounded record', async () => {
    const client = await door.login();
    await until(() => door.ports.sessions.at(-1)?.ended.length === 0, 'the session');
    const session = door.ports.last();
    const to = [text('10.0.0.1'), word(80), text('127.0.0.1'), word(1)];
    flood(client, [byte(90), text('direct-tcpip'), word(0), word(1 << 21), word(32768), ...to], 5000);
    await until(() => client.types().filter((t) => t === OPEN_FAILURE).length === 5000, 'every refusal', 15_000);
    client.end();
    await session.whenEnded;
    expect(session.events.filter((e) => e.type === 'refused')).toHaveLength(2001);
    expect(session.events.at(-1)?.detail).toBe('3000 more of these');
  });

  test('that would compress, and so could send a bomb, finds no compression', async () => {
    const socket = await tcp();
    let offered = '';
    socket.on('data', (chunk) => (offered += chunk.toString('latin1')));
    socket.write('SSH-2.0-OpenSSH_9.9\r\n');
    await until(() => offered.includes('curve25519') && offered.length > 300, 'the offer');
    expect(offered).not.toContain('zlib');
    expect(offered).toContain('\0\0\0\u0004none\0\0\0\u0004none');
  });
});
