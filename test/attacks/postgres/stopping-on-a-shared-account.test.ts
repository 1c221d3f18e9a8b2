import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { RawPgClient } from '#test/pg-rig/raw-client.ts';
import { nothingLeft, PASSWORD, rigBefore, type PgRig } from '#test/pg-rig/rig.ts';
import { until } from '#test/ssh-rig/run-program.ts';

/** K31: on an account that several people use, no function ends what another one runs. */
let lab: LabPostgres;
let rig: PgRig;
/** Somebody else's session on the account, who came past the gateway. */
let victim: Client;
let pid = 0;
beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
  rig = await rigBefore(lab);
  const env = lab.env();
  victim = new Client({
    host: lab.host,
    port: lab.port,
    user: lab.superuser.username,
    password: lab.superuser.password,
    database: env['PGDATABASE'] ?? 'postgres',
    ssl: lab.tls === undefined ? false : { rejectUnauthorized: false },
  });
  victim.on('error', () => {});
  await victim.connect();
  pid = (await victim.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
});
afterEach(async () => {
  await nothingLeft(rig);
});
afterAll(async () => {
  await victim?.end().catch(() => undefined);
  await rig?.stop();
  await lab?.stop();
});

async function connect(): Promise<Client> {
  const client = new Client({
    host: '127.0.0.1',
    port: rig.gateway.address.port,
    user: `${lab.superuser.username}@db1`,
    password: PASSWORD,
    database: 'postgres',
    ssl: { rejectUnauthorized: false },
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}
const alive = async (): Promise<boolean> =>
  await victim.query('select 1').then(
    () => true,
    () => false,
  );

it.each<[string, (id: number) => string]>([
  ['as it is', (id) => `select pg_terminate_backend(${id})`],
  ['of a statement', (id) => `select pg_catalog.PG_CANCEL_BACKEND(${id})`],
  ['with a time to wait', (id) => `select pg_terminate_backend(${id}, 1000)`],
  ['behind another statement', (id) => `select 1; select pg_terminate_backend(${id})`],
  ['for whom it finds', () => 'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()'],
  ['in quotes', (id) => `select "pg_terminate_backend"(${id})`],
  ['by a name with escapes', (id) => String.raw`select U&"pg\005fterminate_backend"(${id})`],
  ['worked out', (id) => `select pg_terminate_backend(${id} + 0)`],
  ['in a block', (id) => `do $$ begin perform pg_terminate_backend(${id}); end $$`],
  ['in a function', (id) => `create function f() returns boolean language sql as 'select pg_terminate_backend(${id})'`],
  ['by an operator', () => 'create operator ### (rightarg = int, function = pg_cancel_backend)'],
  ['in a text that is run', (id) => `select query_to_xml('select pg_terminate_backend(${id})', true, true, '')`],
  [
    'where a backslash ends no string',
    (id) => String.raw`set standard_conforming_strings = off; select '\'', pg_terminate_backend(${id}) --'`,
  ],
  ['in what is prepared', (id) => `prepare x as select pg_terminate_backend(${id})`],
])('somebody else’s session is not ended by its number %s', async (_how, text) => {
  rig.ports.sharedAccount = true;
  const client = await connect();
  await expect(client.query(text(pid))).rejects.toThrow('others use this account too');
  await client.end();
  expect(await alive()).toBe(true);
  expect(rig.ports.last().recorder.all.at(-1)?.refused).toContain('others use this account');
});

it('nor by a parameter, nor by a call of the protocol', async () => {
  rig.ports.sharedAccount = true;
  const client = await connect();
  await expect(client.query('select pg_terminate_backend($1)', [pid])).rejects.toThrow('others use this account too');
  await client.end();
  const raw = new RawPgClient(rig.gateway.address.port);
  await raw.logIn();
  const call = Buffer.concat([int32(2096), Buffer.from([0, 1, 0, 1, 0, 1]), int32(4), int32(pid), Buffer.from([0, 1])]);
  raw.say(frame(T.functionCall, call));
  await until(() => raw.bytes.toString('latin1').includes('others use this account'), 'it to be refused');
  raw.end();
  expect(await alive()).toBe(true);
});

it('one’s own are, by number and by name; and a text that only speaks of it runs', async () => {
  rig.ports.sharedAccount = true;
  const [mine, another] = [await connect(), await connect()];
  const own = (await another.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0;
  const stopped = another.query('select pg_sleep(20)').then(
    () => 'it slept',
    (error: unknown) => String(error),
  );
  await until(() => rig.ports.last().recorder.all.some(({ text }) => text.includes('pg_sleep')), 'it to run');
  await mine.query(`select pg_cancel_backend(${own})`);
  expect(await stopped).toContain('canceling statement');
  await mine.query("select count(*) from pg_stat_activity where query like '%pg_terminate_backend%'");
  await expect(mine.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(/terminat/);
  await another.end();
});

it('on an account of one’s own the server says whose sessions may be ended', async () => {
  rig.ports.sharedAccount = false;
  const client = await connect();
  await client.query(`select pg_terminate_backend(${pid})`);
  await client.end();
  expect(await alive()).toBe(false);
});
