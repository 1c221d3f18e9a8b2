import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aSecondMs } from '#kit/testing/index.ts';
import { createConnection, type Connection } from 'mysql2/promise';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { errorOf, query, RawMysqlClient } from '#test/mysql-rig/raw-client.ts';
import { PASSWORD, rigBefore, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';

/** What a session is before a real server, and what somebody in charge orders of it: pause, resume, message, its end. */
let lab: LabMariadb;
let rig: MysqlRig;
let direct: Connection;
const clients: RawMysqlClient[] = [];
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab);
  direct = await createConnection({
    host: lab.host,
    port: lab.port,
    user: lab.management.username,
    password: lab.management.password,
    ssl: { rejectUnauthorized: false },
  });
  await direct.query('create database seen');
  await direct.query('create table seen.ran (what text)');
});
afterEach(async () => {
  rig.ports.beginsPaused = undefined;
  for (const client of clients.splice(0)) client.end();
  await nothingLeft(rig);
});
afterAll(async () => {
  await direct?.end();
  await rig?.stop();
  await lab?.stop();
});

const reach = async (): Promise<RawMysqlClient> => {
  const client = new RawMysqlClient(rig.gateway.address.port);
  clients.push(client);
  await client.logIn();
  return client;
};
const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> =>
  (await direct.query(sql))[0] as Record<string, unknown>[];
/** What reached the table by itself, seen beside the gateway. */
const ran = async (what: string): Promise<boolean> =>
  (await rows(`select 1 from seen.ran where what = '${what}'`)).length === 1;
/** What runs on the server of sessions through the gateway. */
const running = async (text: string): Promise<boolean> =>
  (await rows(`select 1 from information_schema.processlist where info like '%${text}%' and id <> connection_id()`))
    .length > 0;
/** So long that what was going to flow has flowed: as many round trips to the server and through the loop. */
const roundTrips = async (): Promise<void> => {
  for (let i = 0; i < 50; i += 1) await direct.query('select 1');
};
const mariadb = (sql: string) => start('mariadb', ['-N', '-B', '-vv', '-e', sql], { env: rig.env, limitMs: 10_000 });

describe('a session through the gateway', () => {
  it('shows what the database says, and keeps what was asked', async () => {
    const done = await run('mariadb', ['-N', '-B', 'seen', '-e', "select 6 * 7, 'é'; selec"], { env: rig.env });
    expect(done.stdout.toString()).toBe('42\té\n');
    const { recorder, ask, ended } = rig.ports.last();
    expect(ask).toMatchObject({ protocol: 'mysql', account: 'reeve', system: 'db1', clientVersion: 'mysql' });
    expect(rig.ports.redeemed.at(-1)).toMatchObject({ protocol: 'mysql', database: 'seen' });
    expect(recorder.all).toMatchObject([
      { text: "select 6 * 7, 'é'", via: 'query', ended: { tag: 'SELECT', rows: 1 } },
      { text: 'selec', ended: { error: { code: '1064' } } },
    ]);
    expect(ended[0]?.reason).toBe('the client ended it');
  });

  it('keeps values of what was prepared, and no passwords', async () => {
    const client = await createConnection({
      host: '127.0.0.1',
      port: rig.gateway.address.port,
      user: rig.user,
      password: PASSWORD,
      ssl: { ca: rig.certificate },
    });
    await client.execute('insert into seen.ran values (?), (?)', ['prepared', null]);
    await client.query("create user 'x'@'localhost' identified by 'p4ss'");
    await client.query("set password for 'x'@'localhost' = password('p4ss')");
    await client.execute('select ? as a, ? as b from dual where 1 or ? = password(1)', [
      -3,
      Buffer.from([255, 0]),
      'z',
    ]);
    await client.end();
    const { all } = rig.ports.last().recorder;
    expect(all.map(({ via, text, values, ended }) => [via, text, values, ended?.tag ?? ended?.error?.code])).toEqual([
      ['prepare', 'insert into seen.ran values (?), (?)', undefined, undefined],
      ['prepared', 'insert into seen.ran values (?), (?)', ['prepared', null], '2 changed'],
      ['query', "create user 'x'@'localhost' identified by '(hidden)'", undefined, 'OK'],
      ['query', "set password for '(hidden)'@'localhost' = password('(hidden)')", undefined, 'OK'],
      ['prepare', 'select ? as a, ? as b from dual where 1 or ? = password(1)', undefined, undefined],
      [
        'prepared',
        'select ? as a, ? as b from dual where 1 or ? = password(1)',
        Array.from({ length: 3 }, () => ({ hidden: true })),
        'SELECT',
      ],
    ]);
  });

  it('is cut within a second when it is killed, and what it ran is stopped on the target', async () => {
    const client = mariadb("select sleep(60), 'cut me'");
    await until(() => running('cut me'), 'it to run');
    const began = performance.now();
    rig.ports.last().kill('access ended: moved team');
    const done = await client.done;
    expect(performance.now() - began).toBeLessThan(aSecondMs());
    expect(done.stderr.toString()).toContain('Reeve: access ended: moved team');
    await until(async () => !(await running('cut me')), 'it to stop on the target');
    expect(rig.ports.last().ended[0]?.reason).toBe('killed: access ended: moved team');
    expect(rig.ports.last().recorder.all.at(-1)?.ended).toEqual({ unanswered: true });
  });

  it('ends where the line by which it would be stopped is cut', async () => {
    const client = await reach();
    // the second line logged in last
    const [control] = await rows(
      'select max(id) as id from information_schema.processlist where id <> connection_id()',
    );
    await direct.query(`kill ${String(control?.['id'])}`);
    await client.gone();
    expect(rig.ports.last().ended[0]?.reason).toBe('the target closed the connection');
  });

  it('keeps that line for as long as it is, whatever the server says of silent ones', async () => {
    await direct.query('set global wait_timeout = 1');
    try {
      const client = await reach();
      expect((await client.ask(query('select sleep(1.2)'), 5))[0]?.content[0]).toBe(1);
    } finally {
      await direct.query('set global wait_timeout = 28800');
    }
  });

  it('is told why while it is at rest', async () => {
    const client = await reach();
    const before = (await client.ask(query("select 'answered in some packets'"), 5)).length;
    rig.ports.last().kill('access ended');
    const last = await client.hear(before + 1);
    expect(errorOf(last)).toBe('1927 Reeve: access ended');
    // the first of an answer: a client reads it as that of the next command it sends
    expect(last.sequence).toBe(1);
    await client.gone();
  });
});

describe('a paused session', () => {
  it('lets no statement through and no answer; resumed, what was sent meanwhile is answered and says why', async () => {
    const client = await reach();
    rig.ports.last().order('pause', 'Reeve: paused by who is in charge');
    client.say(query("insert into seen.ran values ('one')"), query("insert into seen.ran values ('two')"));
    await roundTrips();
    expect(client.heard).toEqual([]);
    expect(await ran('one')).toBe(false);
    expect(rig.ports.last().recorder.all).toEqual([]);
    rig.ports.last().order('resume', 'Reeve: the session goes on');
    await client.hear(2);
    expect(client.heard[0]?.content.toString()).toContain(
      'Reeve: paused by who is in charge Reeve: the session goes on',
    );
    expect(await ran('two')).toBe(true);
  });

  it('keeps rows with the target, and goes on where it stood', async () => {
    const client = await reach();
    client.say(query("select repeat('x', 60000), sleep(0.02) from information_schema.collations limit 30"));
    await client.hear(8);
    rig.ports.last().order('pause', 'Reeve: paused');
    await roundTrips();
    const stopped = client.bytes.length;
    await roundTrips();
    expect(client.bytes.length).toBe(stopped);
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear(1 + 2 + 1 + 30 + 1);
    expect(rig.ports.last().recorder.all.at(-1)?.ended).toEqual({ tag: 'SELECT', rows: 30 });
  });

  it('can be left, and what was sent in it never runs', async () => {
    const client = await reach();
    rig.ports.last().order('pause', 'Reeve: paused');
    client.say(query("insert into seen.ran values ('left behind')"));
    client.over.end();
    await rig.ports.last().whenEnded;
    expect(rig.ports.last().ended[0]?.reason).toBe('the client left');
    await roundTrips();
    expect(await ran('left behind')).toBe(false);
  });

  it('takes no more from a client than fits, and loses nothing of it', async () => {
    const client = await reach();
    rig.ports.last().order('pause', 'Reeve: paused');
    client.say(query(`insert into seen.ran select 'long' where length('${'y'.repeat(12_000_000)}') = 12000000`));
    await roundTrips();
    expect(client.over.writableLength).toBeGreaterThan(0);
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear(1);
    expect(await ran('long')).toBe(true);
  });

  it('ends at once when it is killed, and what runs on the target is stopped', async () => {
    const client = await reach();
    client.say(query('select sleep(60) /* in a pause */'));
    await until(() => running('in a pause'), 'it to run');
    rig.ports.last().order('pause', 'Reeve: paused');
    rig.ports.last().kill('enough seen');
    expect(errorOf(await client.hear(1))).toBe('1927 Reeve: enough seen');
    await until(async () => !(await running('in a pause')), 'it to stop');
  });
});

describe('a session that begins paused', () => {
  it('lets in, asks the target nothing, and goes on once it may', async () => {
    rig.ports.beginsPaused = 'Reeve: this session needs somebody who observes it';
    const client = mariadb("insert into seen.ran values ('observed')");
    await until(
      () => rig.ports.sessions.at(-1)?.ended.length === 0 && rig.gateway.metrics.sessionsOpen === 1,
      'it to open',
    );
    await roundTrips();
    expect(await ran('observed')).toBe(false);
    rig.ports.last().order('resume', 'Reeve: mara observes; the session goes on');
    expect((await client.done).stdout.toString()).toContain('Reeve: mara observes; the session goes on');
    expect(await ran('observed')).toBe(true);
  });

  it('whose kill comes while its target is reached tells why', async () => {
    const { admit } = rig.ports;
    rig.ports.admit = async (ask) => {
      const admission = await admit.call(rig.ports, ask);
      rig.ports.last().kill('access ended');
      return admission;
    };
    const done = await run('mariadb', ['-e', 'select 1'], { env: rig.env });
    rig.ports.admit = admit;
    expect(done.stderr.toString()).toContain('Reeve: access ended');
    expect(rig.ports.last().ended[0]?.reason).toBe('killed: access ended');
  });
});
