import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Outbox } from '#gateways/ssh/wire/outbox.ts';
import { NO_TARGET, startDoor, type Door } from '#test/ssh-rig/door.ts';
import { bool, byte, text, word } from '#test/ssh-rig/raw-client.ts';
import { OurTargets } from '#test/ssh-rig/our-targets.ts';
import { until } from '#test/ssh-rig/run-program.ts';

const SUCCESS = 52;
const CONFIRM = 91;

const SESSION = [byte(90), text('session'), word(0), word(1 << 21), word(32768)];
const EXEC = [byte(98), word(0), text('exec'), bool(true), text('id')];
const ELSEWHERE = [text('127.0.0.1'), word(22), text('127.0.0.1'), word(1)];
const TOO_EARLY: readonly [string, readonly Buffer[]][] = [
  ['a channel', SESSION],
  ['a forward', [byte(90), text('direct-tcpip'), word(0), word(1 << 21), word(32768), ...ELSEWHERE]],
  ['a global request', [byte(80), text('tcpip-forward'), bool(true), text('0.0.0.0'), word(0)]],
  ['an answer to a global request', [byte(81)]],
  ['a channel request', EXEC],
  ['a subsystem request', [byte(98), word(0), text('subsystem'), bool(true), text('sftp')]],
  ['the opening of a channel of ours', [byte(91), word(0), word(0), word(1 << 21), word(32768)]],
  ['channel data', [byte(94), word(0), text('id\n')]],
  ['a larger window', [byte(93), word(0), word(1 << 20)]],
  ['the end of a channel', [byte(97), word(0)]],
  ['a login success of its own', [byte(52)]],
  ['a login failure of its own', [byte(51), text('publickey'), bool(false)]],
  ['a key acceptance of its own', [byte(60), text('ssh-ed25519'), text('x')]],
  ['a login answer nobody asked for', [byte(61), word(1), text('x')]],
  ['a service it was not offered', [byte(5), text('ssh-connection')]],
  ['the acceptance of a service', [byte(6), text('ssh-connection')]],
  ['a message number without meaning', [byte(192), text('x')]],
];

/** A2, K11 (CVE-2018-10933, CVE-2025-32433). */
describe('a client that has not logged in', () => {
  let door: Door;
  beforeAll(async () => {
    door = await startDoor(NO_TARGET);
  });
  afterEach(() => door.leave());
  afterAll(() => door.stop());

  test.each(TOO_EARLY)('and sends %s is disconnected, unanswered', async (_what, message) => {
    const client = await door.reach();
    const before = client.received.length;
    client.send(...message);
    await client.whenClosed;
    const answers = client.received.slice(before).map((p) => p[0] ?? 0);
    expect(answers.filter((type) => type !== 1)).toEqual([]);
  });

  test.each(TOO_EARLY)('and sends %s between offering a key and proving it is disconnected', async (_what, message) => {
    const client = await door.reach();
    client.offer('root%web1', door.person);
    await client.waitFor(60);
    const before = client.received.length;
    client.send(...message);
    client.signIn('root%web1', door.person);
    await client.whenClosed;
    expect(client.types().slice(before)).not.toContain(SUCCESS);
  });

  test('is not let in by a valid login in the same breath as a violation, before it or after it', async () => {
    for (const first of ['violation', 'login']) {
      const sessions = door.ports.sessions.length;
      const asked = door.ports.identified.length;
      const client = await door.reach();
      new Outbox(client.socket).adopt(client.cipher); // in one write
      if (first === 'violation') client.send(...SESSION);
      client.signIn('root%web1', door.person);
      if (first === 'login') client.send(...SESSION);
      client.send(...EXEC);
      await client.whenClosed;
      expect(client.types()).not.toContain(SUCCESS);
      expect(client.types()).not.toContain(CONFIRM);
      await new Promise((resolve) => setTimeout(resolve, 50)); // what was asked of others meanwhile is answered
      expect(door.ports.sessions).toHaveLength(sessions);
      if (first === 'violation') expect(door.ports.identified).toHaveLength(asked);
    }
  });

  test('K11: is not heard any more after a violation that follows the login either', async () => {
    const targets = new OurTargets();
    // A target that takes the connection and says nothing: the session lives until the violation ends it.
    door.ports.target = { ...NO_TARGET, port: await targets.tcp(() => {}), pinned: ['SHA256:of-nobody'] };
    const before = door.ports.sessions.length;
    const client = await door.login();
    await until(() => door.ports.sessions.length > before, 'the session');
    new Outbox(client.socket).adopt(client.cipher);
    client.send(byte(52));
    client.send(byte(90), text('direct-tcpip'), word(0), word(1 << 21), word(32768), ...ELSEWHERE);
    await client.whenClosed;
    await door.ports.last().whenEnded;
    expect(door.ports.last().ended).toMatchObject([{ reason: 'protocol violation: message 52 after login' }]);
    expect(door.ports.last().events.filter((e) => e.detail.startsWith('forward'))).toEqual([]);
    door.ports.target = NO_TARGET;
    targets.close();
  });

  test('and logs in a second time is not somebody else', async () => {
    door.ports.known.set('SHA256:other', 'identity-2');
    const client = await door.login();
    client.signIn('root%web1', door.person);
    client.offer('root%web1', door.person);
    client.openSession(0);
    await client.waitFor(CONFIRM);
    expect(client.types().filter((t) => t === SUCCESS)).toHaveLength(1);
    await until(() => door.ports.sessions.length > 0, 'the session');
    expect(door.ports.last().ask.identityId).toBe('identity-1');
  });

  test('and skips the key exchange is disconnected: nothing but its messages is taken in the clear', async () => {
    const packet = (payload: Buffer): Buffer => {
      const padding = 8 + (8 - ((5 + payload.length) % 8));
      return Buffer.concat([word(1 + payload.length + padding), byte(padding), payload, Buffer.alloc(padding)]);
    };
    for (const payload of [
      byte(21),
      Buffer.concat([byte(5), text('ssh-userauth')]),
      Buffer.concat(SESSION),
      byte(52),
    ]) {
      const socket = connect(door.gateway.address.port, '127.0.0.1');
      let got = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => (got = Buffer.concat([got, chunk])));
      socket.on('error', () => {});
      socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), packet(payload)]));
      await new Promise((resolve) => socket.once('close', resolve));
      expect(got.includes('ssh-userauth')).toBe(false);
    }
    expect(door.ports.offered).toEqual(door.ports.offered.filter((o) => o.fingerprint === door.person.fingerprint));
  });

  test('and sends garbage instead of a protocol is dropped', async () => {
    for (const garbage of [
      Buffer.alloc(20_000, 0x41),
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)]),
    ]) {
      const socket = connect(door.gateway.address.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(garbage);
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await until(() => door.gateway.metrics.connectionsOpen === 0, 'both to be dropped');
    expect(door.gateway.metrics.loginsAccepted).toBeLessThan(10);
  });
});
