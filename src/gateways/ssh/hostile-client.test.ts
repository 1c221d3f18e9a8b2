import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nothingLeft } from '#test/ssh-rig/rig.ts';
import { FakePorts } from '#test/ssh-rig/fake-ports.ts';
import { bool, byte, newRawKey, RawClient, text, word } from '#test/ssh-rig/raw-client.ts';
import { findSshd, startSshd, type Sshd } from '#test/ssh-rig/sshd.ts';
import { makeHostKey, startSshGateway, type SshGateway } from './index.ts';

const SUCCESS = 52;
const CONFIRM = 91;
const OPEN_FAILURE = 92;

const sshdPath = findSshd();
if (sshdPath === undefined)
  console.log('SKIP hostile-client: no sshd on this machine (apt-get install openssh-server)');

describe.skipIf(sshdPath === undefined)('a hostile client', () => {
  const key = newRawKey();
  let sshd: Sshd;
  let ports: FakePorts;
  let gateway: SshGateway;
  const clients: RawClient[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    sshd = await startSshd(sshdPath ?? '');
    ports = new FakePorts({
      host: '127.0.0.1',
      port: sshd.port,
      pinned: [sshd.hostFingerprint],
      username: sshd.user,
      secret: { privateKey: sshd.privateKey },
    });
    ports.known.set(key.fingerprint, 'identity-1');
    gateway = await startSshGateway(
      { hostKey: makeHostKey(), limits: { loginMs: 700, preAuth: 12, preAuthPerSource: 6, channelsPerConnection: 8 } },
      ports,
    );
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    for (const socket of sockets.splice(0)) socket.destroy();
    await nothingLeft(gateway, ports);
  });
  afterAll(async () => {
    await gateway.stop(0);
    await sshd.stop();
  });

  const reach = async (): Promise<RawClient> => {
    const client = new RawClient();
    clients.push(client);
    await client.reach(gateway.address.port);
    return client;
  };
  const login = async (): Promise<RawClient> => {
    const client = await reach();
    client.signIn('root%web1', key);
    await client.waitFor(SUCCESS);
    return client;
  };
  const tcp = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(gateway.address.port, '127.0.0.1', () => resolve(socket));
      socket.on('error', reject);
      sockets.push(socket);
      socket.resume();
    });
  const closed = (socket: Socket, limitMs = 3000): Promise<boolean> =>
    new Promise((resolve) => {
      if (socket.destroyed) return resolve(true);
      const timer = setTimeout(() => resolve(false), limitMs);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });

  test.each([
    ['a channel', [byte(90), text('session'), word(0), word(1 << 21), word(32768)]],
    [
      'a forward',
      [
        byte(90),
        text('direct-tcpip'),
        word(0),
        word(1 << 21),
        word(32768),
        text('127.0.0.1'),
        word(22),
        text('127.0.0.1'),
        word(1),
      ],
    ],
    ['a global request', [byte(80), text('tcpip-forward'), bool(true), text('0.0.0.0'), word(0)]],
    ['a channel request', [byte(98), word(0), text('exec'), bool(true), text('id')]],
    ['channel data', [byte(94), word(0), text('id\n')]],
    ['a login success of its own', [byte(52)]],
    ['a login answer nobody asked for', [byte(61), word(1), text('x')]],
    ['a service it was not offered', [byte(5), text('ssh-connection')]],
    ['a message number without meaning', [byte(192), text('x')]],
  ])('that sends %s before login is disconnected (CVE-2018-10933, CVE-2025-32433)', async (_what, message) => {
    const client = await reach();
    const before = client.received.length;
    client.send(...message);
    await client.whenClosed;
    const answers = client.received.slice(before).map((p) => p[0]);
    expect(answers).not.toContain(CONFIRM);
    expect(answers).not.toContain(SUCCESS);
  });

  test('that sends garbage instead of a protocol is dropped', async () => {
    const socket = await tcp();
    socket.write(Buffer.alloc(20_000, 0x41));
    expect(await closed(socket)).toBe(true);
    const other = await tcp();
    other.write('SSH-2.0-x\r\n');
    other.write(Buffer.alloc(64, 0xff));
    expect(await closed(other)).toBe(true);
  });

  test('that trickles its handshake is dropped when the login time is over', async () => {
    const socket = await tcp();
    const began = performance.now();
    const drip = setInterval(() => socket.write('S'), 50);
    expect(await closed(socket)).toBe(true);
    clearInterval(drip);
    expect(performance.now() - began).toBeLessThan(1500);
  });

  test('that opens many connections is held to its share, and somebody else still gets in', async () => {
    const held = await Promise.all(Array.from({ length: 6 }, () => tcp()));
    const one = await tcp();
    expect(await closed(one, 500)).toBe(true);
    const refused = gateway.metrics.refusedForLoad;
    expect(refused).toBeGreaterThan(0);
    for (const socket of held) socket.destroy();
    await expect.poll(() => gateway.metrics.connectionsOpen).toBe(0);
    const client = await login();
    expect(client.types()).toContain(SUCCESS);
  });

  test('that asks for more channels than allowed is refused them', async () => {
    const client = await login();
    for (let i = 0; i < 12; i += 1) client.openSession(i);
    await expect.poll(() => client.types().filter((t) => t === CONFIRM || t === OPEN_FAILURE).length).toBe(12);
    expect(client.types().filter((t) => t === CONFIRM)).toHaveLength(8);
  });

  test('that opens and closes empty channels for ever leaves nothing behind', async () => {
    const client = await login();
    for (let i = 0; i < 200; i += 1) {
      client.received.length = 0;
      client.openSession(i);
      const confirm = await client.waitFor(CONFIRM);
      client.send(byte(97), word(confirm?.readUInt32BE(5) ?? 0));
      await client.waitFor(97);
    }
    expect(client.closed).toBe(false);
  });

  test('that asks for packets of no bytes, or of a few, is disconnected', async () => {
    for (const size of [0, 1, 64]) {
      const client = await login();
      client.openSession(0, 1 << 21, size);
      await client.whenClosed;
    }
    expect(gateway.metrics.protocolViolations).toBeGreaterThan(0);
  });

  test('K16: that sends more than its window is disconnected, and nobody else is', async () => {
    const bystander = await login();
    const client = await login();
    client.openSession(0);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    client.exec(remote, 'sleep 30');
    await client.waitFor(99);
    const chunk = Buffer.alloc(32_000, 0x42);
    const flood = setInterval(() => {
      for (let i = 0; i < 40 && !client.closed; i += 1) client.send(byte(94), word(remote), text(chunk));
    }, 5);
    await client.whenClosed;
    clearInterval(flood);
    expect(bystander.closed).toBe(false);
  });

  test('that never reads while its command writes costs bounded memory', async () => {
    const client = await login();
    // a window of 4 GiB: only the socket holds the target back
    client.openSession(0, 0xffffffff);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    client.exec(remote, 'cat /dev/zero');
    await client.waitFor(99);
    (client.client as unknown as { _sock: Socket })._sock.pause();
    const before = gateway.metrics.bytesOut;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const carried = gateway.metrics.bytesOut - before;
    expect(carried).toBeLessThan(32 * 1024 * 1024);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(gateway.metrics.bytesOut - before).toBe(carried);
    ports.last().recorder.channels.length = 0;
  });

  test('that makes the gateway answer and never reads is not listened to for ever', async () => {
    const client = await login();
    const socket = (client.client as unknown as { _sock: Socket })._sock;
    socket.pause();
    const request = [byte(80), text('x'.repeat(16)), bool(true)];
    let sent = 0;
    for (let round = 0; round < 60 && socket.writableLength < 16 * 1024 * 1024; round += 1) {
      for (let i = 0; i < 20_000; i += 1) client.send(...request);
      sent += 20_000;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(sent).toBeGreaterThan(100_000);
    expect(client.closed).toBe(false);
    expect(socket.writableLength).toBeGreaterThan(8 * 1024 * 1024);
  });

  test('that re-keys without end is disconnected', async () => {
    const client = await login();
    const inside = client.client as unknown as { _protocol: { rekey(): void; _kexinit: unknown } };
    const storm = setInterval(() => {
      if (inside._protocol._kexinit === undefined && !client.closed) inside._protocol.rekey();
    }, 2);
    await client.whenClosed;
    clearInterval(storm);
    expect(client.closed).toBe(true);
  });

  test('that asks to listen, to forward, for X11 or the agent is refused each, and the record says so', async () => {
    const client = await login();
    await expect.poll(() => ports.sessions.length).toBeGreaterThan(0);
    const session = ports.last();
    client.send(byte(80), text('tcpip-forward'), bool(true), text('0.0.0.0'), word(8080));
    client.send(byte(80), text('streamlocal-forward@openssh.com'), bool(true), text('/tmp/x'));
    client.send(
      byte(90),
      text('direct-tcpip'),
      word(1),
      word(1 << 21),
      word(32768),
      text('127.0.0.1'),
      word(5432),
      text('127.0.0.1'),
      word(1),
    );
    client.send(
      byte(90),
      text('direct-streamlocal@openssh.com'),
      word(2),
      word(1 << 21),
      word(32768),
      text('/var/run/docker.sock'),
      text(''),
      word(0),
    );
    client.openSession(3);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    client.send(byte(98), word(remote), text('auth-agent-req@openssh.com'), bool(true));
    client.send(
      byte(98),
      word(remote),
      text('x11-req'),
      bool(true),
      bool(false),
      text('MIT-MAGIC-COOKIE-1'),
      text('00'),
      word(0),
    );
    await expect.poll(() => client.types().filter((t) => t === 82).length).toBe(2);
    await expect.poll(() => client.types().filter((t) => t === OPEN_FAILURE).length).toBe(2);
    await expect.poll(() => client.types().filter((t) => t === 100).length).toBe(2);
    const refused = session.events.filter((e) => e.type === 'refused').map((e) => e.detail);
    expect(refused).toEqual([
      'listening on the target (tcpip-forward)',
      'listening on the target (streamlocal-forward@openssh.com)',
      'forward to 127.0.0.1:5432',
      'direct-streamlocal@openssh.com',
      'agent forwarding',
      'X11 forwarding',
    ]);
  });

  test('cannot set what changes a command: only language and terminal reach the target', async () => {
    const client = await login();
    client.openSession(0);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    for (const [name, value] of [
      ['LD_PRELOAD', '/tmp/x.so'],
      ['SSH_ORIGINAL_COMMAND', 'x'],
      ['BASH_ENV', '/tmp/x'],
      ['LC_X\nY', 'x'],
      ['LC_ALL', 'C\nPATH=/tmp'],
      ['LC_TIME', 'C'],
    ]) {
      client.send(byte(98), word(remote), text('env'), bool(false), text(name ?? ''), text(value ?? ''));
    }
    client.exec(remote, 'env; echo done');
    await expect
      .poll(() => Buffer.concat(client.received.filter((p) => p[0] === 94)).toString('latin1'), { timeout: 15_000 })
      .toContain('done');
    const shown = Buffer.concat(client.received.filter((p) => p[0] === 94)).toString('latin1');
    expect(shown).toContain('LC_TIME=C');
    for (const never of ['LD_PRELOAD', 'SSH_ORIGINAL_COMMAND', 'BASH_ENV', 'LC_ALL', 'LC_X'])
      expect(shown).not.toContain(never);
  });

  test('that asks for thousands of refused things leaves a bounded record', async () => {
    const client = await login();
    await expect.poll(() => ports.sessions.length).toBeGreaterThan(0);
    const session = ports.last();
    for (let i = 0; i < 5000; i += 1) {
      client.send(
        byte(90),
        text('direct-tcpip'),
        word(i),
        word(1 << 21),
        word(32768),
        text('10.0.0.1'),
        word(80),
        text('127.0.0.1'),
        word(1),
      );
    }
    await expect.poll(() => client.types().filter((t) => t === OPEN_FAILURE).length, { timeout: 15_000 }).toBe(5000);
    client.end();
    await session.whenEnded;
    expect(session.events.filter((e) => e.type === 'refused')).toHaveLength(2001);
    expect(session.events.at(-1)?.detail).toBe('3000 more of these');
  });

  test('reaches the target with its command byte for byte', async () => {
    const client = await login();
    client.openSession(0);
    const remote = (await client.waitFor(CONFIRM))?.readUInt32BE(5) ?? 0;
    const odd = Buffer.concat([
      Buffer.from("printf %s 'a;b$(id)`id`|"),
      Buffer.from([0xff, 0xfe, 0x01]),
      Buffer.from("' | od -An -tx1 -v"),
    ]);
    client.send(byte(98), word(remote), text('exec'), bool(true), text(odd));
    await expect.poll(() => client.types(), { timeout: 15_000 }).toContain(97);
    const hex = Buffer.from('a;b$(id)`id`|').toString('hex') + 'fffe01';
    const shown = Buffer.concat(client.received.filter((p) => p[0] === 94).map((p) => p.subarray(9))).toString();
    expect(shown.replace(/\s/g, '')).toBe(hex);
  });
});
