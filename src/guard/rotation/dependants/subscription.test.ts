import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { startPostgres } from '#lab/index.ts';
import { rotatedHouse, type RotatedHouse } from '../testing/rotated-house.ts';

let it: RotatedHouse;
beforeAll(async () => {
  it = await rotatedHouse({ hosts: false });
});
afterAll(() => it?.close());

const secretOf = async (accountId: string): Promise<string> =>
  (await it.house.db.one<{ id: string }>(sql`select id from secret where account_id = ${accountId}`)).id;

test('a subscription of another server follows, proved by connecting anew, and goes back with the rest', async () => {
  const copies = await startPostgres({
    settings: ["wal_retrieve_retry_interval = '100ms'"],
    plan: {
      name: 'copies',
      roles: [{ name: 'reeve_owner', login: true, attributes: ['superuser'] }],
      databases: [],
    },
  });
  try {
    const report = await it.account('orders', 'report');
    await it.rotate(report);
    const id = await secretOf(report);
    const { host, port } = it.postgres;
    await it.onPostgres(
      'alter role report replication; create table ledger (id int); grant select on ledger to report; create publication ledger for table ledger',
    );
    const on = async (statement: string): Promise<Record<string, unknown> | undefined> => {
      const client = new Client({
        host: copies.host,
        port: copies.port,
        user: copies.superuser.username,
        password: copies.superuser.password,
        database: 'postgres',
        ...(copies.tls === undefined ? {} : { ssl: { ca: copies.tls.certificate } }),
      });
      await client.connect();
      const { rows } = await client.query<Record<string, unknown>>(statement);
      await client.end();
      return rows[0];
    };
    await on('create table ledger (id int)');
    await on(
      `create subscription ledger connection 'host=${host} port=${port} user=report password=${await it.value(report)} dbname=postgres sslmode=require' publication ledger`,
    );
    const { id: systemId } = await it.perform<{ id: string }>('systems.connect', {
      name: 'copies',
      kind: 'postgres',
      host: copies.host,
      port: copies.port,
      settings: {},
      pinned: [`tls-sha256:${copies.tls?.fingerprint256}`],
      username: 'reeve_owner',
      secret: { kind: 'password', value: copies.passwords.get('reeve_owner') },
    });
    const follows = async (rows: number): Promise<void> => {
      await it.onPostgres(`insert into ledger values (${rows})`);
      await vi.waitFor(async () => expect(await on('select count(*)::int as n from ledger')).toEqual({ n: rows }), {
        timeout: 20_000,
        interval: 100,
      });
    };
    const held = async (): Promise<unknown> =>
      (await on(`select substring(subconninfo from 'password=''?([^'' ]+)') as password from pg_subscription`))?.[
        'password'
      ];
    const add = async (name: string, subscription: string): Promise<string> =>
      (await it.perform<{ id: string }>('dependants.add', { id, name, systemId, place: { subscription } })).id;
    const ledger = await add('ledger', 'ledger');
    expect(await it.rotate(report)).toMatchObject({ state: 'done', problem: null });
    const next = await it.value(report);
    expect(await held()).toBe(next);
    await follows(1);

    const missing = await add('no such one', 'gone');
    const failed = await it.rotate(report);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.problem).toContain('everything has the old value again');
    expect([await held(), await it.value(report), await it.opens('report', next)]).toEqual([next, next, true]);
    await follows(2);
    expect(copies.logs()).not.toContain(next);
    for (const one of [ledger, missing]) await it.perform('dependants.remove', { id: one });
    await on('drop subscription ledger');
  } finally {
    await copies.stop();
  }
});
