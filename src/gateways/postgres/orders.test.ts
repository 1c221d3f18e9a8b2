import { connect } from 'node:net';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { fieldOf, query, RawPgClient } from '#test/pg-rig/raw-client.ts';
import { nothingLeft, PASSWORD, rigBefore, type PgRig } from '#test/pg-rig/rig.ts';
import { run, start, until } from '#test/ssh-rig/run-program.ts';
import { cancelMessage } from './wire/startup.ts';

/** What somebody in charge orders of a session, before a real server: pause, resume, message. */
let lab: LabPostgres;
let rig: PgRig;
let direct: Client;
const clients: RawPgClient[] = [];
beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
  rig = await rigBefore(lab);
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = lab.env() as Record<string, string>;
  direct = new Client({
    host: PGHOST ?? '',
    port: Number(PGPORT),
    user: PGUSER ?? '',
    password: PGPASSWORD ?? '',
    database: 'postgres',
    ssl: lab.tls === undefined ? false : { rejectUnauthorized: false },
  });
  await direct.connect();
  await direct.query('create table ran (what text)');
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

const reach = async (): Promise<RawPgClient> => {
  const client = new RawPgClient(rig.gateway.address.port);
  clients.push(client);
  await client.logIn();
  return client;
};
/** What reached the table by itself, seen beside the gateway. */
const ran = async (what: string): Promise<boolean> =>
  (await direct.query('select 1 from ran where what = $1', [what])).rowCount === 1;
/** The backends of sessions through the gateway, as the server has them. */
const backends = async (): Promise<{ state: string; query: string }[]> =>
  (
    await direct.query<{ state: string; query: string }>(
      `select state, query from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() order by backend_start`,
    )
  ).rows;
/** So long that what was going to flow has flowed: as many round trips to the server and through the loop. */
const roundTrips = async (): Promise<void> => {
  for (let i = 0; i < 50; i += 1) await direct.query('select 1');
};
const saidTo = (client: RawPgClient): string[] =>
  client.heard.filter(({ type }) => type === 'N').map((h) => `${fieldOf(h, 'C')} ${fieldOf(h, 'M')}`);

describe('a paused session', () => {
  it('lets no statement through and no answer; resumed, what was sent meanwhile is answered', async () => {
    const client = await reach();
    expect(rig.ports.last().ask.obeysOrders).toBe(true);
    client.forget();
    rig.ports.last().order('pause', 'Reeve: paused by who is in charge: we look');
    await client.hear('N');
    expect(saidTo(client)).toEqual(['01000 Reeve: paused by who is in charge: we look']);
    client.say(query("insert into ran values ('one')"), query("insert into ran values ('two')"));
    await roundTrips();
    expect(client.letters).toBe('N');
    expect(await ran('one')).toBe(false);
    expect(rig.ports.last().recorder.all).toEqual([]);
    rig.ports.last().order('resume', 'Reeve: the session goes on');
    await client.hear('Z', 2);
    expect(client.letters).toBe('NNCZCZ');
    expect(await ran('two')).toBe(true);
  });

  it('leaves what runs on the target running, and keeps its rows until it goes on', async () => {
    const client = await reach();
    client.forget();
    client.say(query("insert into ran select 'ended' from pg_sleep(0.3) returning what"));
    await until(async () => (await backends())[0]?.state === 'active', 'it to run');
    rig.ports.last().order('pause', 'Reeve: paused');
    await until(() => ran('ended'), 'it to end on the target');
    await roundTrips();
    expect(client.letters).toBe('N');
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear('Z');
    expect(client.letters).toBe('NNTDCZ');
  });

  it('stops within a result, at the end of a row, and the client sees why', async () => {
    const client = await reach();
    client.forget();
    // a server sends eight kilobytes at a time: between two rows the last of the first is still with it
    client.say(query("select repeat('x', 60000), pg_sleep(0.02) from generate_series(1, 20)"));
    await client.hear('D', 3);
    rig.ports.last().order('pause', 'Reeve: paused');
    await client.hear('N');
    const stopped = client.bytes.length;
    expect(client.letters.endsWith('DN')).toBe(true);
    expect(client.heard.length).toBeLessThan(15);
    await until(async () => (await backends())[0]?.state === 'idle', 'it to end on the target');
    await roundTrips();
    expect(client.bytes.length).toBe(stopped);
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear('Z');
    expect(client.heard.filter(({ type }) => type === 'D')).toHaveLength(20);
  });

  it('refuses a cancel and says so; the statement goes on', async () => {
    const client = await reach();
    const key = client.heard.find((h) => h.type === 'K')?.body ?? Buffer.alloc(8);
    client.forget();
    client.say(query('select pg_sleep(0.5)'));
    await until(async () => (await backends())[0]?.state === 'active', 'it to run');
    rig.ports.last().order('pause', 'Reeve: paused');
    const refused = rig.gateway.metrics.cancelsRefused;
    for (const _ of [1, 2])
      connect(rig.gateway.address.port, '127.0.0.1').end(cancelMessage(key.readInt32BE(0), key.subarray(4)));
    await until(() => rig.gateway.metrics.cancelsRefused === refused + 2, 'both to be refused');
    await client.hear('N', 2);
    expect(saidTo(client)[1]).toContain('nothing was cancelled');
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear('Z');
    expect(client.letters).toBe('NNNTDCZ');
  });

  it('can be left, and what was sent in it never runs', async () => {
    const client = await reach();
    rig.ports.last().order('pause', 'Reeve: paused');
    client.say(query("insert into ran values ('left behind')"));
    client.over.end();
    await rig.ports.last().whenEnded;
    expect(rig.ports.last().ended[0]?.reason).toBe('the client left');
    await until(async () => (await backends()).length === 0, 'its backend to go');
    expect(await ran('left behind')).toBe(false);
  });

  it('takes no more from a client than fits, and loses nothing of it', async () => {
    const client = await reach();
    client.forget();
    rig.ports.last().order('pause', 'Reeve: paused');
    const text = `insert into ran select 'long' where length('${'y'.repeat(24_000_000)}') = 24000000`;
    client.say(query(text));
    await roundTrips();
    expect(client.over.writableLength).toBeGreaterThan(0);
    rig.ports.last().order('resume', 'Reeve: goes on');
    await client.hear('Z');
    expect(await ran('long')).toBe(true);
  });

  it('ends at once when it is killed, and what runs on the target is stopped', async () => {
    const client = await reach();
    client.say(query('select pg_sleep(60)'));
    await until(async () => (await backends())[0]?.state === 'active', 'it to run');
    client.forget();
    rig.ports.last().order('pause', 'Reeve: paused');
    client.say(query("insert into ran values ('after')"));
    await client.hear('N');
    const began = performance.now();
    rig.ports.last().kill('enough seen');
    const last = await client.hear('E');
    await client.gone();
    expect(performance.now() - began).toBeLessThan(500);
    expect([fieldOf(last, 'C'), fieldOf(last, 'M')]).toEqual(['57P01', 'Reeve: enough seen']);
    await until(async () => (await backends()).length === 0, 'its backend to go');
    expect(await ran('after')).toBe(false);
  });
});

describe('a session that begins paused', () => {
  it('says why as it lets in, asks the target nothing, and goes on once it may', async () => {
    rig.ports.beginsPaused = 'Reeve: this session needs somebody who observes it';
    const psql = start('psql', ['-X', '-A', '-t', '-c', "insert into ran values ('observed') returning what"], {
      env: rig.env(),
    });
    await until(() => psql.stderr().includes('needs somebody who observes it'), 'psql to show why');
    await roundTrips();
    expect(await ran('observed')).toBe(false);
    expect(await backends()).toMatchObject([{ query: '' }]);
    rig.ports.last().order('resume', 'Reeve: mara observes; the session goes on');
    const done = await psql.done;
    expect(done.stdout.toString()).toContain('observed');
    expect(done.stderr.toString()).toContain('NOTICE:  Reeve: mara observes; the session goes on');
  });

  it('says it before it is ready, for whoever waits at a prompt', async () => {
    rig.ports.beginsPaused = 'Reeve: this session needs somebody who observes it';
    const client = await reach();
    expect(client.letters).toMatch(/^R.*KNZ$/);
  });

  it('ends with the sentence where nobody comes', async () => {
    rig.ports.beginsPaused = 'Reeve: this session needs somebody who observes it';
    const psql = start('psql', ['-X', '-c', "insert into ran values ('alone')"], { env: rig.env() });
    await until(() => psql.stderr().includes('needs somebody who observes it'), 'psql to show why');
    rig.ports.last().kill('nobody observed this session for 10 min');
    expect((await psql.done).stderr.toString()).toContain('FATAL:  Reeve: nobody observed this session for 10 min');
    expect(await ran('alone')).toBe(false);
  });

  it('whose kill comes while its target is reached tells why', async () => {
    const { admit } = rig.ports;
    rig.ports.admit = async (ask) => {
      const admission = await admit.call(rig.ports, ask);
      rig.ports.last().kill('access ended');
      return admission;
    };
    const done = await run('psql', ['-X', '-c', 'select 1'], { env: rig.env() });
    rig.ports.admit = admit;
    expect(done.stderr.toString()).toContain('FATAL:  Reeve: access ended');
    expect(rig.ports.last().ended[0]?.reason).toBe('killed: access ended');
  });
});

it('a message is a notice to an unmodified driver, beside what it does', async () => {
  const client = new Client({
    host: '127.0.0.1',
    port: rig.gateway.address.port,
    user: 'postgres@db1',
    password: PASSWORD,
    database: 'postgres',
    ssl: { ca: rig.certificate, servername: 'localhost' },
  });
  const notices: { severity: string | undefined; code: string | undefined; message: string | undefined }[] = [];
  client.on('notice', ({ severity, code, message }) => notices.push({ severity, code, message }));
  await client.connect();
  const going = client.query("select repeat('x', 5000) from generate_series(1, 20000)");
  await until(() => rig.ports.last().recorder.all.length === 1, 'it to run');
  rig.ports.last().order('message', 'Reeve: please finish by noon');
  expect((await going).rowCount).toBe(20_000);
  expect(notices).toEqual([{ severity: 'NOTICE', code: '01000', message: 'Reeve: please finish by noon' }]);
  await client.end();
});
