import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { aSecondMs, until } from '#kit/testing/index.ts';
import { openDatabases, type OpenDatabases } from '../harness/open-databases.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';
import { openPrompt, type PromptSocket } from '../harness/prompt-socket.ts';

/** The SQL prompt without its page: a real PostgreSQL and a real MariaDB, through their gateways, over the WebSocket. */
let house: PeopledHouse;
let databases: OpenDatabases;
let lena: Caller;
let boss: Caller;

beforeAll(async () => {
  house = await peopledHouse({ browsers: true });
  house.clock.set(new Date());
  [lena, boss] = [await house.person('lena'), await house.person('boss', {}, ['administrator'])];
  databases = await openDatabases(house, lena.id);
}, 600_000);
afterAll(async () => {
  await databases?.close();
  await house?.close();
});

const AT = {
  postgres: { account: 'postgres', system: 'orders' },
  mysql: { account: 'reeve', system: 'billing' },
} as const;
const open = async (which: keyof typeof AT, database?: string): Promise<PromptSocket> => {
  const it = await openPrompt(house, lena, { ...AT[which], ...(database === undefined ? {} : { database }) });
  const opened = await it.hears('opened');
  expect(opened).toMatchObject({ opened: { protocol: which } });
  await it.hears('session');
  return it;
};
const idOf = (it: PromptSocket): string =>
  String((it.said.find((one) => 'session' in one)?.['session'] as { id: string } | undefined)?.id);
const statements = async (it: PromptSocket): Promise<{ text: string; rows?: number; refused?: string }[]> => {
  it.ws.close();
  const id = idOf(it);
  await until(
    async () =>
      (await house.db.one<{ state: string }>(sql`select state from session where id = ${id}`)).state === 'ended',
    { timeoutMs: 5_000, what: 'the session to end' },
  );
  return (await house.perform<{ items: { text: string }[] }>('sessions.statements', { id }, boss.id)).items;
};

describe.each(['postgres', 'mysql'] as const)('%s', (which) => {
  test('lists what may be opened by which gateway', async () => {
    const { body } = await lena.call('GET', '/v1/me/openable-accounts');
    expect(body['items']).toContainEqual({ ...AT[which], own: true, protocol: which });
  });

  test('several statements are answered one by one, with an absent value told from an empty one', async () => {
    const it = await open(which);
    expect(it.notices()[0]).toMatch(/^Reeve: recorded/);
    const ran = await it.run("select 1 as n, null as nothing, '' as empty, 'ä😀' as letters; select 2 as m");
    expect(ran).toMatchObject({
      transaction: 'none',
      statements: [
        { rows: [['1', null, '', 'ä😀']], done: { rows: 1, more: false } },
        { rows: [['2']], done: { rows: 1 } },
      ],
    });
    expect(ran.statements[0]?.columns.map(({ name, isNumber }) => [name, isNumber])).toEqual([
      ['n', true],
      ['nothing', false],
      ['empty', false],
      ['letters', false],
    ]);
    const kept = (await statements(it)).map(({ text }) => text);
    if (which === 'postgres') expect(kept.filter((text) => text.startsWith('select'))).toContain('select 2 as m');
    else expect(kept.at(-1)).toContain('select 2 as m');
    const { clientAddress, clientVersion, passwordId } = await house.db.one<Record<string, unknown>>(
      sql`select client_address, client_version, password_id from session where id = ${idOf(it)}`,
    );
    expect([clientAddress, clientVersion]).toEqual(['127.0.0.1', 'Reeve_browser']);
    expect(passwordId).not.toBeNull();
  });

  test('what fails says where in the text, and what comes after it does not run', async () => {
    const it = await open(which);
    const text = "select 'ä😀' as a;\nselect 1 from from;\nselect 3";
    const ran = await it.run(text);
    const failed = ran.statements.find((one) => one.failed !== undefined)?.failed;
    expect(failed?.code).toBe(which === 'postgres' ? '42601' : '1064');
    expect(text.slice(failed?.at)).toBe('from;\nselect 3');
    expect(ran.statements.flatMap(({ rows }) => rows)).not.toContainEqual(['3']);
    const missing = await it.run('select 1;\n  select * from mysql.nowhere_at_all');
    expect(missing.statements[1]?.failed?.message).toContain('nowhere_at_all');
    if (which === 'postgres') expect(missing.statements[1]?.failed?.at).toBe(26);
    it.ws.close();
  });

  test('rows beyond the limit are not sent, the transaction goes on, and a slow browser holds the database up', async () => {
    const it = await open(which);
    const many =
      which === 'postgres'
        ? 'select n from generate_series(1, 100000) n'
        : 'with recursive s as (select 1 as n union all select n + 1 from s where n < 900) select n from s';
    await it.run('begin');
    const ran = await it.run(many, { most: 70 });
    expect(ran.statements[0]).toMatchObject({ done: { rows: 70, more: true } });
    expect(ran.statements[0]?.rows).toHaveLength(70);
    expect(ran.transaction).toBe('open');
    const exact = await it.run(
      which === 'postgres' ? 'select n from generate_series(1, 70) n' : many.replace('900', '70'),
      {
        most: 70,
      },
    );
    expect(exact.statements[0]).toMatchObject({ done: { rows: 70, more: false } });
    expect((await it.run('rollback')).transaction).toBe('none');
    it.ws.close();
  });

  test('what runs is stopped by the protocol’s own way, and the session goes on', async () => {
    const it = await open(which);
    const began = performance.now();
    const id = it.begin(which === 'postgres' ? 'select pg_sleep(30)' : 'select sleep(30)');
    await it.hears('begins');
    await new Promise((resolve) => setTimeout(resolve, 300));
    it.tell({ cancel: true });
    const ran = await it.over(id);
    expect(performance.now() - began).toBeLessThan(15_000);
    if (which === 'postgres') expect(ran.statements[0]?.failed?.code).toBe('57014');
    // MariaDB's sleep says 1 where it was interrupted
    else
      expect(ran.statements[0]?.failed?.code ?? ran.statements[0]?.rows).toSatisfy(
        (it) => it === '1317' || JSON.stringify(it) === '[["1"]]',
      );
    expect((await it.run('select 5 as five')).statements[0]?.rows).toEqual([['5']]);
    it.ws.close();
  });

  test('tables and their columns are looked up through the gateway, on the record', async () => {
    const it = await open(which);
    const make = `create table ${which === 'postgres' ? 'public' : 'mysql'}.looked_at (id int not null, what varchar(20))`;
    expect((await it.run(make)).statements[0]?.failed).toBeUndefined();
    const schema = which === 'postgres' ? 'public' : 'mysql';
    const tables = (await it.look())['rows'] as unknown[][];
    expect(tables).toContainEqual([schema, 'looked_at', 'BASE TABLE']);
    const { rows } = await it.look({ schema, name: 'looked_at' });
    expect(rows).toEqual([
      ['id', which === 'postgres' ? 'integer' : 'int', 'NO'],
      ['what', which === 'postgres' ? 'character varying' : 'varchar', 'YES'],
    ]);
    expect((await it.look({ schema, name: "o'd\\d" }))['rows']).toEqual([]);
    await it.run(`drop table ${schema}.looked_at`);
    expect((await statements(it)).map(({ text }) => text).join('\n')).toContain('information_schema.tables');
  });

  test('a rule refuses in its place; a pause, a message, an end and the end of access are told', async () => {
    const systemId = (which === 'postgres' ? databases.orders : databases.billing).systemId;
    await house.perform('statementRules.keep', { id: systemId, readOnly: true }, boss.id);
    const it = await open(which);
    const refused = await it.run('create table nope (id int)');
    expect(refused.statements[0]?.failed?.message).toMatch(/reading only/);
    expect((await it.look())['rows']).not.toEqual([]);
    const id = idOf(it);
    await house.perform('sessions.pause', { id, because: 'we look' }, boss.id);
    await until(() => JSON.stringify(it.said).includes('"held":"paused"'), { timeoutMs: 5_000, what: 'the pause' });
    const run = it.begin('select 6 as six');
    await house.perform('sessions.message', { id, words: 'finish by noon' }, boss.id);
    await house.perform('sessions.resume', { id, because: 'seen' }, boss.id);
    expect((await it.over(run)).statements[0]?.rows).toEqual([['6']]);
    expect(it.notices().join('\n')).toContain('finish by noon');
    const began = performance.now();
    await house.perform('sessions.end', { id, because: 'enough' }, boss.id);
    expect((await it.closed()).because).toContain('enough');
    expect((it.closedAt() ?? 0) - began).toBeLessThan(aSecondMs());
    await house.perform('statementRules.keep', { id: systemId, readOnly: false }, boss.id);
  });

  test('when the grant ends the prompt is closed within a second, while a statement runs', async () => {
    const it = await open(which);
    it.begin(which === 'postgres' ? 'select pg_sleep(30)' : 'select sleep(30)');
    await it.hears('begins');
    const enrolled = which === 'postgres' ? databases.orders : databases.billing;
    const began = performance.now();
    await house.perform('grants.end', { id: enrolled.grantId, because: 'moved team' }, boss.id);
    await house.settle(30_000);
    expect((await it.closed()).because).toContain('access ended');
    expect((it.closedAt() ?? 0) - began).toBeLessThan(aSecondMs());
    const again = await lena.call('POST', '/v1/browser-sessions', AT[which]);
    expect(again.body['code']).toBe('browser_session.no_grant');
  });
});
