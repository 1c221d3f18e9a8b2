import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { greeting } from '#gateways/mysql/login/receive-client.ts';
import { packet } from '#gateways/mysql/wire/packets.ts';
import { OFFERED } from '#gateways/mysql/wire/capabilities.ts';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { eof, startFakeMysql } from '#test/mysql-rig/fake-target.ts';
import { command, errorOf, handshake, query, RawMysqlClient } from '#test/mysql-rig/raw-client.ts';
import { rigBefore, startMysqlRig, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';

/** Attacks 15, 16, K15, K28, K30, K31, K33, K34: TLS that is not, kills of others' sessions, and targets that are not what they say. */
let lab: LabMariadb;
let rig: MysqlRig;
const clients: RawMysqlClient[] = [];
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab, { loginMs: 1_500 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await nothingLeft(rig);
});
afterAll(async () => {
  await rig?.stop();
  await lab?.stop();
});
const reach = (port = rig.gateway.address.port): RawMysqlClient => {
  const client = new RawMysqlClient(port);
  clients.push(client);
  return client;
};
const mariadb = (env: Readonly<Record<string, string>>, ...more: string[]) =>
  run('mariadb', [...more, '-N', '-B', '-e', 'select 1'], { env });
const before = (port: number, ...pinned: readonly string[]): Promise<MysqlRig> =>
  startMysqlRig({ host: '127.0.0.1', port, pinned, username: 'reeve', password: 'vault secret' }, { targetMs: 1_000 });
const WRONG_PIN = `tls-sha256:${'AA:'.repeat(31)}AA`;

describe('TLS', () => {
  it('is not to be done without', async () => {
    const client = reach();
    await client.hear(1);
    client.forget();
    client.say(packet(1, handshake('reeve@db1', { flags: OFFERED & ~0x800 })));
    expect(errorOf(await client.hear(1))).toContain('3159 Reeve takes connections over TLS only');
    expect(rig.ports.redeemed).toEqual([]);
  });

  it('does not take what came in clear for something that came over it', async () => {
    const client = reach();
    await client.hear(1);
    client.forget();
    const request = Buffer.alloc(32);
    request.writeUInt32LE(OFFERED >>> 0, 0);
    client.say(packet(1, request), packet(2, handshake('reeve@db1')));
    await client.gone();
    expect(rig.ports.redeemed).toEqual([]);
  });

  it('that never begins holds nobody else up, and is given up', async () => {
    const stalled = Array.from({ length: 20 }, () => reach());
    const request = Buffer.alloc(32);
    request.writeUInt32LE(OFFERED >>> 0, 0);
    for (const client of stalled) client.say(packet(1, request));
    expect((await mariadb(rig.env)).stdout.toString()).toBe('1\n');
    await Promise.all(stalled.map((client) => client.gone()));
  });

  it('of a target with another certificate, none, or data before it, gets no log-in', async () => {
    const wrong = await before(lab.port, WRONG_PIN);
    expect((await mariadb(wrong.env)).stderr.toString()).toContain('a certificate that is not the one on record');
    const early = await startFakeMysql(() => {}, {
      greets: Buffer.concat([greeting('5.5', 7, Buffer.alloc(20, 65)), packet(1, Buffer.from('x'))]),
    });
    const second = await before(early.port, early.pin);
    expect((await mariadb(second.env)).stderr.toString()).toContain('sent data before TLS began');
    const clear = await startFakeMysql(() => {}, {
      greets: packet(0, Buffer.from('\x0a5.5\0\x07\0\0\0AAAAAAAA\0\xff\xf7', 'latin1')),
    });
    const third = await before(clear.port, clear.pin, 'tls:none');
    expect((await mariadb(third.env)).stderr.toString()).toContain('offers no TLS');
    expect([...early.clear, ...early.received, ...clear.clear, ...clear.received]).toEqual([]);
    for (const one of [wrong, second, third, early, clear]) await one.stop();
  });
});

describe('a kill', () => {
  it('stops one of the same person by the number it was greeted with, and nobody else by any number', async () => {
    const first = reach();
    const id = await first.logIn();
    first.say(query('select sleep(20)'));
    const session = rig.ports.last();
    await until(() => session.recorder.all.length === 1, 'it to run');
    rig.ports.passwords.set('somebody else', 'identity-2');
    const refused = rig.gateway.metrics.cancelsRefused;
    const other = await run('mariadb', ['-psomebody else', '-e', `kill query ${id}`], { env: rig.env });
    expect(other.stderr.toString()).toContain(`ERROR 1094 (HY000) at line 1: Reeve: unknown connection ${id}`);
    const guess = await run('mariadb', ['-e', `kill query ${id === 4_294_967_294 ? id - 1 : id + 1}`], {
      env: rig.env,
    });
    expect(guess.stderr.toString()).toContain('Reeve: unknown connection');
    expect(rig.gateway.metrics.cancelsRefused).toBe(refused + 2);
    expect(first.heard).toEqual([]);
    expect((await run('mariadb', ['-e', `kill query ${id}`], { env: rig.env })).code).toBe(0);
    await until(() => session.recorder.all[0]?.ended !== undefined, 'it to be stopped', 5_000);
  });

  it('of a session that is paused stops nothing', async () => {
    const first = reach();
    const id = await first.logIn();
    rig.ports.last().order('pause', 'Reeve: paused');
    const done = await run('mariadb', ['-e', `kill ${id}`], { env: rig.env });
    expect(done.stderr.toString()).toContain('paused, so nothing was stopped');
  });
});

describe('a target', () => {
  it.each<[string, Buffer]>([
    ['asks for a file of the client', packet(1, Buffer.from('\xfb/etc/passwd', 'latin1'))],
    ['has no columns', packet(1, Buffer.from([0xfb]))],
    ['goes on with other columns than it said', Buffer.concat([packet(1, Buffer.from([1])), eof(2)])],
    [
      'has more columns than it said',
      Buffer.concat([packet(1, Buffer.from([1])), packet(2, Buffer.from('def')), packet(3, Buffer.from('def'))]),
    ],
    ['answers twice', Buffer.concat([packet(1, Buffer.alloc(7)), packet(2, Buffer.alloc(7))])],
    ['is cut off in its answer', packet(1, Buffer.from([0, 0xfc]))],
    [
      'sends a packet out of order',
      Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 1]), Buffer.alloc(0xff_ffff, 0xff), Buffer.from([0, 0, 0, 9])]),
    ],
  ])('that %s ends its own session and no other', async (_what, bytes) => {
    const target = await startFakeMysql((socket) => socket.write(bytes));
    const bad = await before(target.port, target.pin);
    const client = reach(bad.gateway.address.port);
    await client.logIn();
    client.say(query('select 1'));
    await client.gone();
    expect(bad.ports.last().ended[0]?.reason).toBe('protocol violation by the target');
    expect(client.bytes.toString('latin1')).not.toContain('/etc/passwd');
    expect((await mariadb(rig.env)).stdout.toString()).toBe('1\n');
    await bad.stop();
    await target.stop();
  });

  it.each<[string, Buffer]>([
    ['the password itself', packet(3, Buffer.from('\xfemysql_clear_password\0', 'latin1'))],
    ['it in a dialog', packet(3, Buffer.from('\xfedialog\0\x04Password: ', 'latin1'))],
    ['a proof of before 4.1', packet(3, Buffer.from([0xfe]))],
    ['the password itself, before any question', packet(3, Buffer.from([0x01, 0x04]))],
    ['a proof without a question', packet(3, Buffer.from('\xfemysql_native_password\0', 'latin1'))],
  ])('that asks for %s is not told it', async (_what, bytes) => {
    const target = await startFakeMysql(() => {}, { logIn: (socket) => socket.write(bytes) && false });
    const bad = await before(target.port, target.pin);
    expect((await mariadb(bad.env)).code).not.toBe(0);
    expect(Buffer.concat(target.received).toString('latin1')).not.toContain('vault secret');
    expect(bad.ports.last().ended).toHaveLength(1);
    await bad.stop();
    await target.stop();
  });

  it('that never answers is left', async () => {
    const target = await startFakeMysql(() => {}, { logIn: () => false });
    const bad = await before(target.port, target.pin);
    expect((await mariadb(bad.env)).code).not.toBe(0);
    expect(bad.ports.last().ended[0]?.reason).toContain('target: ');
    await bad.stop();
    await target.stop();
  });
});

it('nobody becomes somebody else within a session, and its credential is in nothing that comes back', async () => {
  const client = reach();
  await client.logIn();
  const answers = await client.ask(command(0x11, 'root\0\0mysql\0'));
  expect(errorOf(answers[0] ?? { sequence: 0, content: Buffer.alloc(1) })).toContain('1047');
  const seen = await run('mariadb', ['-e', 'show full processlist; show grants; select user(), current_user()'], {
    env: rig.env,
  });
  expect(
    `${seen.stdout.toString()}${JSON.stringify(rig.ports.sessions.map((s) => [s.events, s.recorder.all]))}`,
  ).not.toContain(lab.management.password);
});

it('a recorder that wants a pause has one; that fails ends the session', async () => {
  const client = reach();
  await client.logIn();
  const { recorder } = rig.ports.last();
  recorder.stalled = true;
  client.say(query('do 1'));
  await until(() => recorder.all.length === 1, 'the first to be taken');
  client.say(query('do 2'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(recorder.all).toHaveLength(1);
  recorder.release();
  await until(() => recorder.all.length === 2, 'the second');
  recorder.break();
  await client.gone();
  expect(rig.ports.last().ended[0]?.reason).toBe('recording failed');
});
