import { afterAll, afterEach, beforeAll, describe as group, expect, it } from 'vitest';
import type { StatementRules } from '#gateways/port.ts';
import { frame, int32, T } from '#gateways/postgres/wire/messages.ts';
import { startPostgres, type LabPostgres } from '#lab/index.ts';
import { bind, describe, execute, fieldOf, parse, query, RawPgClient, sync } from '#test/pg-rig/raw-client.ts';
import { nothingLeft, rigBefore, type PgRig } from '#test/pg-rig/rig.ts';
import { run } from '#test/ssh-rig/run-program.ts';

/** Attacks 14 and K32 to K34: what is on the record is what runs, by every way a statement can take; rules hold on all of them. */
let lab: LabPostgres;
let rig: PgRig;
const clients: RawPgClient[] = [];
const RULES: StatementRules = {
  readOnly: false,
  noDdl: true,
  whereNeeded: true,
  keepRole: true,
  denyTables: ['secrets'],
};

beforeAll(async () => {
  lab = await startPostgres({ binaries: 'debian' });
  rig = await rigBefore(lab);
  const made = await run(
    'psql',
    [
      '-X',
      '-q',
      '-c',
      'create table t (a int); insert into t select generate_series(1, 10); create table secrets (a int)',
    ],
    {
      env: lab.env(),
    },
  );
  if (made.code !== 0) throw new Error(made.stderr.toString());
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  rig.ports.statementRules = undefined;
  await nothingLeft(rig);
});
afterAll(async () => {
  await rig?.stop();
  await lab?.stop();
});
const logIn = async (rules?: StatementRules, parameters: Record<string, string> = {}): Promise<RawPgClient> => {
  rig.ports.statementRules = rules;
  const client = new RawPgClient(rig.gateway.address.port);
  clients.push(client);
  await client.logIn(parameters);
  client.forget();
  return client;
};
const record = () => rig.ports.last().recorder.all;

group('K32, K33: rules hold', () => {
  it.each([
    ['a simple statement', query('drop table t')],
    ['one of several', query('select 1; delete from t; select 2')],
    ['one behind comments and quotes', query("select ';' /* -- */; /* /* ; */ */ delete from t --")],
    ['one in a function call by oid', frame(T.functionCall, int32(1), Buffer.alloc(6))],
    ['a copy of a denied table', query('copy secrets to stdout')],
    ['one that becomes another role', query('set role pg_monitor')],
    ['one in a block of code', query('do $$ begin delete from t; end $$')],
    ['one nobody can read', query('drop table t; select (')],
  ])('for %s: an error in its place, and the connection goes on', async (_what, bytes) => {
    const client = await logIn(RULES);
    client.say(bytes);
    const error = await client.hear('E');
    expect([fieldOf(error, 'C'), fieldOf(error, 'S')]).toEqual(['42501', 'ERROR']);
    await client.hear('Z');
    expect(client.letters).toBe('EZ');
    client.forget();
    client.say(query('select count(*) from t'));
    expect((await client.hear('D')).body.toString('latin1')).toContain('10');
    expect(record()[0]).toMatchObject({ refused: expect.any(String), ended: { error: { code: '42501' } } });
  });

  it('within a pipeline, where the transaction before it is undone as by any error, up to the Sync', async () => {
    const client = await logIn(RULES);
    client.say(
      parse('ok', 'update t set a = a where a = $1'),
      bind('', 'ok', '1'),
      execute(),
      parse('bad', 'delete from t'),
      bind('', 'bad'),
      describe('P'),
      execute(),
      parse('later', 'select 3'),
      sync,
      parse('', 'select 4'),
      bind('', ''),
      execute(),
      sync,
    );
    await client.hear('Z', 2);
    expect(client.letters).toBe('12CEZ12DCZ');
    expect(fieldOf(client.heard[3] ?? { type: '', body: Buffer.alloc(0) }, 'C')).toBe('42501');
    client.forget();
    client.say(bind('', 'bad'), sync);
    expect(fieldOf(await client.hear('E'), 'C')).toBe('26000');
    await client.hear('Z');
    client.forget();
    client.say(query('begin'), query('truncate t'), query('select 1'), query('rollback'));
    await client.hear('Z', 4);
    expect(client.letters).toBe('CZEZEZCZ');
    expect(
      record()
        .filter((s) => s.refused !== undefined)
        .map((s) => [s.text, s.via]),
    ).toEqual([
      ['delete from t', 'prepare'],
      ['truncate t', 'simple'],
    ]);
  });

  it('from the first message on', async () => {
    for (const parameters of [
      { role: 'pg_monitor' },
      { options: '-c role=pg_monitor' },
      { options: '-c standard_conforming_strings=off' },
    ] as Record<string, string>[])
      await expect(logIn(RULES, parameters)).rejects.toThrow('closed before Z');
    rig.ports.statementRules = undefined;
    const ran = await run('psql', ['-X', '-A', '-t', '-c', 'show role'], {
      env: { ...rig.env(), PGOPTIONS: '-c role=pg_monitor' },
    });
    expect(ran.stdout.toString()).toBe('pg_monitor\n');
  });

  it('for reading only also on the server, where a function writes', async () => {
    await run(
      'psql',
      ['-X', '-q', '-c', "create function sly() returns int language sql as 'delete from t returning 1'"],
      { env: lab.env() },
    );
    const client = await logIn({ ...RULES, readOnly: true });
    client.say(query('select sly()'));
    expect(fieldOf(await client.hear('E'), 'C')).toBe('25006');
    for (const text of [
      'set default_transaction_read_only = off',
      'begin read write',
      "select set_config('transaction_read_only', 'off', true)",
    ]) {
      client.forget();
      client.say(query(text));
      expect(fieldOf(await client.hear('E'), 'C'), text).toBe('42501');
      await client.hear('Z');
    }
  });
});

group('K32: on the record is what runs', () => {
  it('when prepared names are used again, refused, and prepared by SQL', async () => {
    const client = await logIn();
    client.say(parse('a', 'select 1'), sync, parse('a', 'select 2'), sync);
    await client.hear('Z', 2);
    client.say(bind('', 'a'), execute(), sync);
    await client.hear('Z', 3);
    client.say(query('deallocate a'), query('prepare a as select 3'), bind('', 'a'), execute(), sync);
    await client.hear('Z', 6);
    expect(record().map((s) => [s.text, s.ended?.error?.code ?? s.ended?.tag])).toEqual([
      ['select 1', undefined],
      ['select 2', '42P05'],
      ['select 1', 'SELECT 1'],
      ['deallocate a', 'DEALLOCATE'],
      ['prepare a as select 3', 'PREPARE'],
      ['prepared statement "a"', 'SELECT 1'],
    ]);
  });

  it('when SQL runs what was prepared by a message, or speaks of preparing', async () => {
    const client = await logIn();
    client.say(parse('s', 'select 6 * 7'), sync, query('execute s'));
    await client.hear('Z', 2);
    client.say(query("select 'deallocate'"), bind('', 's'), execute(), sync);
    await client.hear('Z', 4);
    expect(record().map((s) => [s.text, s.via, s.ended])).toMatchObject([
      ['select 6 * 7', 'prepare', {}],
      ['execute s', 'simple', { tag: 'SELECT 1' }],
      ["select 'deallocate'", 'simple', { tag: 'SELECT 1' }],
      ['prepared statement "s"', 'prepared', { tag: 'SELECT 1' }],
    ]);
  });

  it('when what forgets a name is skipped by the target', async () => {
    const client = await logIn();
    const closes = frame(T.close, Buffer.from('Ss\0'));
    client.say(parse('s', 'select 5'), parse('other', 'select 6'), sync);
    await client.hear('Z');
    client.say(parse('', 'selec'), closes, sync);
    await client.hear('Z', 2);
    client.say(query('begin'), bind('p', 's'), sync, query('savepoint x'));
    await client.hear('Z', 5);
    client.say(parse('', 'selec'), bind('p', 'other'), sync);
    await client.hear('Z', 6);
    client.say(query('rollback to x'), execute('p'), sync);
    await client.hear('Z', 8);
    expect(record().at(-1)).toMatchObject({ text: 'select 5', via: 'prepared', ended: { tag: 'SELECT 1' } });
  });

  it('when what is run was meant to be replaced by what the target skipped, before anybody knew', async () => {
    const client = await logIn();
    client.say(parse('', 'select 5'), sync);
    await client.hear('Z');
    client.say(parse('x', 'selec'), parse('', 'select 6'), sync, bind('', ''), execute(), sync);
    await client.hear('Z', 3);
    expect((await client.hear('D')).body.toString('latin1')).toContain('5');
    expect(record().map((s) => s.text)).toContain('select 5');
  });

  it('when errors skip a pipeline: what was skipped is not answered', async () => {
    const client = await logIn();
    client.say(parse('', 'select 1/0'), bind('', ''), execute(), parse('', 'select 2'), bind('', ''), execute(), sync);
    await client.hear('Z');
    client.say(query('select 3'));
    await client.hear('Z', 2);
    expect(record().map((s) => [s.text, s.ended])).toMatchObject([
      ['select 1/0', { error: { code: '22012' } }],
      ['select 2', { unanswered: true }],
      ['select 3', { tag: 'SELECT 1' }],
    ]);
  });

  it('in other encodings, byte by byte', async () => {
    const client = await logIn(undefined, { client_encoding: 'LATIN1' });
    client.say(frame(T.query, Buffer.from("select 'caf\xe9'\0", 'latin1')));
    await client.hear('Z');
    expect(record()[0]?.text).toBe("select 'café'");
  });

  it('with values of every kind, without passwords', async () => {
    const client = await logIn();
    client.say(parse('', 'select $1::text, $2::text'), bind('', '', 'é', 'x'.repeat(10_000)), execute(), sync);
    await client.hear('Z');
    client.say(query("create role temporary password 'hunter2'"), query('drop role temporary'));
    await client.hear('Z', 3);
    expect(record()[0]?.values).toEqual(['é', { bytes: 10_000, sha256: expect.any(String), begins: 'x'.repeat(128) }]);
    expect(record()[1]?.text).toBe("create role temporary password '(hidden)'");
    const used = record().length;
    client.say(
      parse('p', 'select $1::text as password'),
      query("select 'prepare'"),
      bind('', 'p', 'hunter2'),
      execute(),
      sync,
    );
    await client.hear('Z', 5);
    expect(record().length).toBe(used + 3);
    expect(JSON.stringify(record())).not.toContain('hunter2');
  });
});

it('K34: the credential of the account is in nothing the person can see', async () => {
  const { password } = lab.superuser;
  const ran = await run(
    'psql',
    ['-X', '-c', 'select * from pg_stat_activity', '-c', 'show all', '-c', '\\conninfo', '-c', 'selec'],
    { env: rig.env() },
  );
  expect(ran.stdout.length).toBeGreaterThan(1000);
  const all = [
    ran.stdout.toString(),
    ran.stderr.toString(),
    JSON.stringify(record()),
    JSON.stringify(rig.ports.last().events),
  ].join('');
  expect(all).not.toContain(password);
});
