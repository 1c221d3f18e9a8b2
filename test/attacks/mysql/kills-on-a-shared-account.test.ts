import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startMariadb, type LabMariadb } from '#lab/index.ts';
import { PASSWORD, rigBefore, type MysqlRig } from '#test/mysql-rig/rig.ts';
import { nothingLeft } from '#test/pg-rig/rig.ts';
import { run, until } from '#test/ssh-rig/run-program.ts';

/** K31: on an account that several people use, nobody ends what another one runs, whatever way a KILL is written. */
let lab: LabMariadb;
let rig: MysqlRig;
/** Somebody else's session on the account, who came past the gateway. */
let victim: Connection;
let victimId: number;
const OTHER = 'somebody else';
beforeAll(async () => {
  lab = await startMariadb();
  rig = await rigBefore(lab);
  rig.ports.sharedAccount = true;
  rig.ports.passwords.set(OTHER, 'identity-2');
  victim = await createConnection({
    host: lab.host,
    port: lab.port,
    user: lab.management.username,
    password: lab.management.password,
    ssl: { rejectUnauthorized: false },
    multipleStatements: true,
  });
  await victim.query('create database if not exists killing; use killing; create or replace procedure nop() begin end');
  victimId =
    (await victim.query<never>('select connection_id() as id').then(([rows]) => rows as { id: number }[]))[0]?.id ?? 0;
});
afterEach(async () => {
  rig.ports.sharedAccount = true;
  await nothingLeft(rig);
});
afterAll(async () => {
  victim?.destroy();
  await rig?.stop();
  await lab?.stop();
});

const connect = (password = PASSWORD): Promise<Connection> =>
  createConnection({
    host: '127.0.0.1',
    port: rig.gateway.address.port,
    user: rig.user,
    password,
    ssl: { rejectUnauthorized: false },
    multipleStatements: true,
  });
const alive = async (): Promise<boolean> =>
  await victim.query('select 1').then(
    () => true,
    () => false,
  );

describe('the number of a session of somebody else', () => {
  it.each<[string, (id: number) => string]>([
    ['as it is', (id) => `kill ${id}`],
    ['of a statement', (id) => `KILL QUERY ${id}`],
    ['behind another statement', (id) => `select 1; kill ${id}`],
    ['behind a comment', (id) => `/* x */ kill -- y\n ${id}`],
    ['in a versioned comment', (id) => `/*!50000 kill ${id} */`],
    ['in parts in a versioned comment', (id) => `kill /*!50000 query */ ${id}`],
    ['worked out', (id) => `kill (${id} + 0)`],
    ['of all of a user', () => 'kill user reeve'],
    ['in a statement made of text', (id) => `execute immediate 'kill ${id}'`],
    ['in a statement prepared by text', (id) => `prepare s from 'kill ${id}'; execute s`],
    ['in a block', (id) => `begin not atomic kill ${id}; end`],
    [
      'behind a string that ends elsewhere under another mode',
      (id) => String.raw`set sql_mode = 'NO_BACKSLASH_ESCAPES'; select '\'; kill ${id}; -- '`,
    ],
    ['before what is no SQL', (id) => `kill ${id}; select '`],
  ])('%s', async (_how, text) => {
    const client = await connect();
    try {
      await expect(client.query(text(victimId))).rejects.toThrow(
        /Reeve: (?:unknown connection|others use this account)/,
      );
    } finally {
      client.destroy();
    }
    expect(await alive()).toBe(true);
    expect(rig.ports.last().recorder.all.some(({ refused, ended }) => refused !== undefined || ended?.error)).toBe(
      true,
    );
  });

  it('in a statement prepared by the protocol, and by the command of its own', async () => {
    const client = await connect();
    await expect(client.execute('kill ?', [victimId])).rejects.toThrow('others use this account');
    client.destroy();
    const admin = await run('mariadb-admin', ['kill', String(victimId)], { env: rig.env });
    expect(admin.stderr.toString()).toContain('unknown connection');
    expect(await alive()).toBe(true);
  });

  it('who came through the gateway too is nobody else’s to end either', async () => {
    const [mine, theirs] = [await connect(), await connect(OTHER)];
    const [rows] = await theirs.query('select connection_id() as id');
    const id = (rows as { id: number }[])[0]?.id ?? 0;
    await expect(mine.query(`kill ${id}`)).rejects.toThrow(`Reeve: unknown connection ${id}`);
    await theirs.query('select 1');
    mine.destroy();
    theirs.destroy();
  });
});

it('a session of one’s own is ended by the number its server has for it', async () => {
  const [mine, another] = [await connect(), await connect()];
  const [rows] = await another.query('select connection_id() as id');
  const id = (rows as { id: number }[])[0]?.id ?? 0;
  const stopped = another.query('select sleep(20)').then(
    ([answer]) => JSON.stringify(answer),
    (error: unknown) => String(error),
  );
  await until(() => rig.ports.last().recorder.all.some(({ text }) => text.includes('sleep')), 'it to run');
  await mine.query(`kill query ${id}`);
  expect(await stopped).toMatch(/interrupted|:1\}/);
  mine.destroy();
  another.destroy();
});

it('words that only look like one pass: as text, as a quoted name, behind a dot', async () => {
  const client = await connect();
  const [rows] = await client.query(
    "select 'to kill 5' as a, 1 as `kill`, t.`kill` from (select 2 as `kill`) t -- kill 5",
  );
  expect(rows).toEqual([{ a: 'to kill 5', kill: 2 }]);
  client.destroy();
});

it('on an account of one’s own it is the server that says whose sessions may be ended', async () => {
  rig.ports.sharedAccount = false;
  const client = await connect();
  await client.query(`kill ${victimId}`);
  expect(await alive()).toBe(false);
  client.destroy();
});
