import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { cancelMessage, startupMessage, tlsRequest } from '#gateways/postgres/wire/startup.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { startFakeTarget, ready } from '#test/pg-rig/fake-target.ts';
import { query, RawPgClient } from '#test/pg-rig/raw-client.ts';
import { nothingLeft, rigBefore, startPgRig, type PgRig } from '#test/pg-rig/rig.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';

/** Attacks 15, 16, K15, K28, K30, K31: TLS that is not, cancel keys of others, and targets that are not what they say. */
let lab: LabPostgres;
let rig: PgRig;
const clients: RawPgClient[] = [];
beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
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
const reach = (port = rig.gateway.address.port): RawPgClient => {
  const client = new RawPgClient(port);
  clients.push(client);
  return client;
};
const psql = (env: Readonly<Record<string, string>>) => run('psql', ['-X', '-A', '-t', '-c', 'select 1'], { env });
const before = (port: number, pinned: readonly string[]): Promise<PgRig> =>
  startPgRig({ host: '127.0.0.1', port, pinned, username: 'postgres', password: 'vault secret' }, { targetMs: 1_000 });

describe('TLS', () => {
  it('is not to be done without', async () => {
    const ran = await psql({ ...rig.env(), PGSSLMODE: 'disable' });
    expect(ran.stderr.toString()).toContain('Reeve takes connections over TLS only');
    expect(rig.ports.redeemed).toEqual([]);
  });

  it('K30: does not take what came in clear before it for something that came over it', async () => {
    const client = reach();
    client.say(tlsRequest, startupMessage(new Map([['user', 'postgres@db1']])));
    await client.gone();
    expect(client.bytes.length).toBeLessThanOrEqual(1);
  });

  it('is asked for once', async () => {
    const client = reach();
    await client.tls();
    client.say(tlsRequest);
    await client.gone();
    expect(client.bytes).toHaveLength(0);
  });

  it('K15: that never begins holds nobody else up, and is given up', async () => {
    const stalled = Array.from({ length: 20 }, () => reach());
    for (const client of stalled) client.say(tlsRequest);
    expect((await psql(rig.env())).stdout.toString()).toBe('1\n');
    await Promise.all(stalled.map((client) => client.gone()));
  });

  it('of a target with another certificate, or that sends data before it, gets no log-in', async () => {
    const wrong = await before(lab.port, [`tls-sha256:${'AA:'.repeat(31)}AA`]);
    expect((await psql(wrong.env())).stderr.toString()).toContain('a certificate that is not the one on record');
    const early = await startFakeTarget(() => {}, { tls: Buffer.from('SR\0\0\0\x08\0\0\0\0') });
    const second = await before(early.port, ['tls:none']);
    expect((await psql(second.env())).stderr.toString()).toContain('sent data before TLS began');
    const clear = await startFakeTarget(() => {});
    const third = await before(clear.port, [`tls-sha256:${'AA:'.repeat(31)}AA`]);
    expect((await psql(third.env())).stderr.toString()).toContain('offers no TLS and has a certificate on record');
    expect([...early.received, ...clear.received]).toEqual([]);
    for (const one of [wrong, second, third, early, clear]) await one.stop();
  });
});

describe('a cancel', () => {
  it('K31: with the key of another session, a guessed one, or the key from the target stops nothing', async () => {
    const client = reach();
    await client.logIn();
    const key = client.heard.find((h) => h.type === 'K')?.body ?? Buffer.alloc(8);
    const [pid, secret] = [key.readInt32BE(0), key.subarray(4)];
    const backend = await run(
      'psql',
      [
        '-X',
        '-A',
        '-t',
        '-c',
        "select pid from pg_stat_activity where application_name = '' and backend_type = 'client backend' and pid <> pg_backend_pid()",
      ],
      { env: lab.env() },
    );
    expect(pid).not.toBe(Number(backend.stdout.toString()));
    client.say(query('select pg_sleep(20)'));
    await until(() => rig.ports.last().recorder.all.length === 1, 'it to run');
    const refused = rig.gateway.metrics.cancelsRefused;
    for (const wrong of [
      cancelMessage(pid, Buffer.from([secret[0] ?? 0, 1, 2, 3])),
      cancelMessage(pid + 1, secret),
      cancelMessage(Number(backend.stdout.toString()), secret),
      cancelMessage(pid, Buffer.alloc(200, secret)),
    ]) {
      const socket = connect(rig.gateway.address.port, '127.0.0.1');
      socket.end(wrong);
    }
    await until(() => rig.gateway.metrics.cancelsRefused === refused + 4, 'all to be refused');
    expect(client.letters.endsWith('Z')).toBe(true);
    const socket = connect(rig.gateway.address.port, '127.0.0.1');
    socket.end(cancelMessage(pid, secret));
    expect((await client.hear('E')).body.toString()).toContain('57014');
  });
});

describe('a target', () => {
  it.each<[string, Buffer]>([
    ['a row with a length of minus one', Buffer.from([0x44, 0xff, 0xff, 0xff, 0xff])],
    ['a message of no type there is', Buffer.from([0x01, 0, 0, 0, 4])],
    ['a second log-in', frame(T.authentication, int32(3))],
    ['answers to what nobody asked', frame(T.parseComplete)],
    ['a copy both ways', frame(T.copyBoth, Buffer.alloc(3))],
    ['two answers for one question', Buffer.concat([ready, ready])],
  ])('K28: that sends %s ends its own session and no other', async (_what, bytes) => {
    const target = await startFakeTarget((socket) => socket.write(bytes));
    const bad = await before(target.port, ['tls:none']);
    const client = reach(bad.gateway.address.port);
    await client.logIn();
    client.say(query('select 1'));
    await client.gone();
    expect(bad.ports.last().ended[0]?.reason).toBe('protocol violation by the target');
    expect((await psql(rig.env())).stdout.toString()).toBe('1\n');
    await bad.stop();
    await target.stop();
  });

  it.each<[string, Buffer]>([
    ['for the password itself, in clear', frame(T.authentication, int32(3))],
    ['for its MD5, in clear', frame(T.authentication, int32(5), Buffer.from('salt'))],
    ['for a log-in without proving itself', frame(T.authentication, int32(12), Buffer.from('v=AAAA'))],
    ['for Kerberos', frame(T.authentication, int32(7))],
  ])('that asks %s is not told it', async (_what, bytes) => {
    const target = await startFakeTarget(() => {}, { logIn: (socket) => void socket.write(bytes) });
    const bad = await before(target.port, ['tls:none']);
    expect((await psql(bad.env())).code).not.toBe(0);
    expect(Buffer.concat(target.received).toString('latin1')).not.toMatch(/vault secret|md5[0-9a-f]/);
    expect(bad.ports.last().ended).toHaveLength(1);
    await bad.stop();
    await target.stop();
  });

  it('that skips the end of SCRAM, or never answers, is left', async () => {
    const skips = await startFakeTarget(() => {}, {
      logIn: (socket, chunk) =>
        void socket.write(
          chunk[0] === T.password
            ? frame(T.authentication, int32(0))
            : frame(T.authentication, int32(10), 'SCRAM-SHA-256', Buffer.of(0)),
        ),
    });
    const first = await before(skips.port, ['tls:none']);
    expect((await psql(first.env())).stderr.toString()).toContain('skips the end of the log-in');
    const silent = await startFakeTarget(() => {}, { logIn: () => {} });
    const second = await before(silent.port, ['tls:none']);
    expect((await psql(second.env())).stderr.toString()).toContain('did not let the account in');
    for (const one of [first, second, skips, silent]) await one.stop();
  });
});

describe('a recorder', () => {
  it('that wants a pause has one; that fails ends the session', async () => {
    const client = reach();
    await client.logIn();
    const { recorder } = rig.ports.last();
    recorder.stalled = true;
    client.say(query('select 1'));
    await until(() => recorder.all.length === 1, 'the first to be taken');
    client.say(query('select 2'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.all).toHaveLength(1);
    recorder.release();
    await until(() => recorder.all.length === 2, 'the second');
    recorder.break();
    await client.gone();
    expect(rig.ports.last().ended[0]?.reason).toBe('recording failed');
  });
});
