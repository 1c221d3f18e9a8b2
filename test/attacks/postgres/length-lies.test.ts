import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { startupMessage } from '#gateways/postgres/wire/startup.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { bind, execute, parse, query, RawPgClient, sync } from '#test/pg-rig/raw-client.ts';
import { nothingLeft, rigBefore, type PgRig } from '#test/pg-rig/rig.ts';

/** Attacks 13, K28 and K29: messages that lie about their length, arrive in pieces, too early or too late. */
let lab: LabPostgres;
let rig: PgRig;
const clients: RawPgClient[] = [];
beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
  rig = await rigBefore(lab, { longestMessage: 1024 * 1024 });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await nothingLeft(rig);
});
afterAll(async () => {
  await rig?.stop();
  await lab?.stop();
});
const reach = (): RawPgClient => {
  const client = new RawPgClient(rig.gateway.address.port);
  clients.push(client);
  return client;
};
const header = (type: number, length: number): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = type;
  head.writeUInt32BE(length, 1);
  return head;
};

describe('before the login', () => {
  it.each([
    ['of no bytes', int32(0)],
    ['shorter than itself', int32(4)],
    ['of more than a start-up message has', int32(10_001)],
    ['of two gigabytes', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0])],
    ['of minus one', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['of another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['of version 2', Buffer.concat([int32(8), Buffer.from([0, 2, 0, 0])])],
    [
      'with a parameter twice',
      startupMessage(
        new Map([
          ['user', 'a'],
          ['user\0b\0user', 'c'],
        ]),
      ),
    ],
    ['that does not end', Buffer.concat([int32(16), Buffer.from([0, 3, 0, 0]), Buffer.from('user\0abc')])],
  ])('K29: a first message %s ends the connection', async (_what, bytes) => {
    const client = reach();
    client.say(bytes);
    client.say(Buffer.alloc(16));
    await client.gone();
    expect(client.bytes.length).toBeLessThan(200);
  });

  it('a session is not opened by statements that come before the password', async () => {
    const client = reach();
    await client.tls();
    client.say(startupMessage(new Map([['user', 'postgres@db1']])), query('select 1'));
    await client.gone();
    expect(rig.ports.sessions.flatMap((s) => s.recorder.all)).toEqual([]);
  });

  it('nor by ones that come right behind it', async () => {
    const client = reach();
    await client.tls();
    client.say(startupMessage(new Map([['user', 'postgres@db1']])));
    await client.hear('R');
    client.say(frame(T.password, 'rvp_correct-horse-battery-staple'), query('create table smuggled (a int)'));
    await client.gone();
    expect(rig.ports.sessions.flatMap((s) => s.recorder.all)).toEqual([]);
  });

  it('a password that is no password message, or too long, ends it', async () => {
    for (const bytes of [
      query('select 1'),
      header(T.password, 5000),
      header(T.password, 3),
      frame(T.password, Buffer.from('x')),
    ]) {
      const client = reach();
      await client.tls();
      client.say(startupMessage(new Map([['user', 'postgres@db1']])));
      await client.hear('R');
      client.say(bytes);
      await client.gone();
      expect(client.letters).toBe('R');
    }
  });
});

describe('in a session', () => {
  it.each<[string, Buffer]>([
    ['of zero', header(T.query, 0)],
    ['of three', header(T.query, 3)],
    ['of minus one', header(T.query, 0xffff_ffff)],
    ['of more than two gigabytes', header(T.copyData, 0x8000_0000)],
    ['over what is taken', header(T.query, 1024 * 1024 + 1)],
    ['and no type there is', header(0x7f, 8)],
    ['and the type of a password', frame(T.password, 'x')],
    ['whose text ends before it does', frame(T.query, Buffer.from('select 1\0; drop table t\0'))],
    ['whose text does not end', frame(T.query, Buffer.from('select 1'))],
    ['of a Parse with more types than it says', frame(T.parse, '', 'select 1', Buffer.from([0, 9]))],
    [
      'of a Bind with a value longer than it',
      frame(T.bind, '', '', Buffer.from([0, 0, 0, 1]), int32(1000), Buffer.from('x\0\0')),
    ],
    [
      'of a Bind with a value of minus two',
      frame(T.bind, '', '', Buffer.from([0, 0, 0, 1]), int32(-2), Buffer.alloc(2)),
    ],
    ['of an Execute that is too long', frame(T.execute, '', Buffer.alloc(9))],
  ])('K29: a message with a length %s ends it, and nothing of it reaches the database', async (_what, bytes) => {
    const client = reach();
    await client.logIn();
    client.forget();
    client.say(bytes, query('create table smuggled (a int)'));
    await client.gone();
    expect(client.bytes.toString('latin1')).toContain('broke the protocol');
    expect(rig.ports.last().ended[0]?.reason).toBe('protocol violation by the client');
    const check = reach();
    await check.logIn();
    check.say(query("select count(*) from pg_class where relname = 'smuggled'"));
    expect((await check.hear('D')).body.toString('latin1')).toContain('0');
  });

  it('cut at every byte it is the same, on the record and to the database', async () => {
    const client = reach();
    await client.logIn();
    client.forget();
    const all = Buffer.concat([
      query('select 1'),
      parse('a', 'select $1::int + 1'),
      bind('', 'a', '41'),
      execute(),
      sync,
      query('create temp table c (a text)'),
      query('copy c from stdin'),
    ]);
    const data = Buffer.concat([
      frame(T.copyData, Buffer.from('one\ntwo\n')),
      frame(T.copyDone),
      query('select count(*) from c'),
    ]);
    for (const part of [all, data]) {
      for (let at = 0; at < part.length; at += 1) {
        client.say(part.subarray(at, at + 1));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.hear(part === all ? 'G' : 'Z', part === all ? 1 : 5);
    }
    expect(client.letters).toBe('TDCZ12DCZCZGCZTDCZ');
    const seen = rig.ports.last().recorder.all.map((s) => [s.text, s.values, s.ended?.tag]);
    expect(seen).toEqual([
      ['select 1', undefined, 'SELECT 1'],
      // Once as it is prepared under a name, once as it runs.
      ['select $1::int + 1', undefined, undefined],
      ['select $1::int + 1', ['41'], 'SELECT 1'],
      ['create temp table c (a text)', undefined, 'CREATE TABLE'],
      ['copy c from stdin', undefined, 'COPY 2'],
      ['select count(*) from c', undefined, 'SELECT 1'],
    ]);
  });

  it('what comes after Terminate goes nowhere', async () => {
    const client = reach();
    await client.logIn();
    client.say(frame(T.terminate), query('create table smuggled (a int)'));
    await client.gone();
    expect(rig.ports.last().recorder.all).toEqual([]);
  });

  it('a statement in the middle of a copy ends it', async () => {
    const client = reach();
    await client.logIn();
    client.say(query('create temp table d (a text)'), query('copy d from stdin'));
    await client.hear('G');
    client.say(query('select 1'));
    await client.gone();
    expect(rig.ports.last().ended[0]?.reason).toBe('protocol violation by the client');
  });
});
