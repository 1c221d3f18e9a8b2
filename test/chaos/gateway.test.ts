import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { testDatabase, until, type TestDatabase } from '#kit/testing/index.ts';
import { runKills } from './gateway/run-kills.ts';
import type { Talking } from './gateway/talking.ts';
import { startWorld, type World } from './gateway/world.ts';

/** Two gateway processes and one with API and jobs, over one database; this process is a node beside them. */
let database: TestDatabase;
let world: World;
beforeAll(async () => {
  database = await testDatabase();
  world = await startWorld({ visitors: 2, databaseUrl: database.url });
}, 240_000);
afterAll(async () => {
  await world?.stop();
  await database?.drop();
});

interface Row {
  readonly id: string;
  readonly protocol: string;
  readonly because: string | null;
}
const sessionsOn = (node: string): Promise<Row[]> =>
  world.beside.db.many<Row>(
    sql`select id, protocol, ended_because as because from session where node like ${`%/${node}`} order by protocol desc`,
  );
const said = (talk: Talking, words: string): Promise<unknown> =>
  until(() => talk.told().includes(words), { timeoutMs: 10_000, what: `${talk.protocol} to be told ${words}` });

test('a gateway that drains takes nobody more, lets people finish until it is told twice, and closes every record', async () => {
  const { beside, officer, administrator } = world;
  const [, gateway] = world.gateways;
  const [visitor] = world.visitors;
  const [ssh, database] = world.protocols;
  if (visitor === undefined || ssh === undefined || database === undefined) throw new Error('nobody is there');
  const [one, other] = [await ssh.talk(visitor, gateway), await database.talk(visitor, gateway)];
  const node = gateway.node();
  expect((await gateway.asks('/readyz')).status).toBe(200);
  for (const { id } of await sessionsOn(node))
    await beside.perform('sessions.message', { id, words: 'we upgrade at noon' }, officer);
  await Promise.all([one, other].map((talk) => said(talk, 'we upgrade at noon')));

  await beside.perform('nodes.drain', { id: node }, administrator);
  await Promise.all([one, other].map((talk) => said(talk, 'this gateway is about to stop')));
  expect((await gateway.asks('/readyz')).status).toBe(503);
  expect((await gateway.asks('/healthz')).status).toBe(200);
  expect((await gateway.asks('/metrics')).text).toMatch(/^reeve_gateway_sessions_open\{gateway="ssh"\} 1$/m);
  await expect(ssh.talk(visitor, gateway)).rejects.toThrow(/ECONNREFUSED/);
  await until(
    async () => {
      const { items } = await beside.perform<{ items: { id: string; state: string; liveSessions: number }[] }>(
        'nodes.list',
        { limit: 50 },
        officer,
      );
      return items.find(({ id }) => id === node)?.state === 'draining';
    },
    { timeoutMs: 5_000, what: 'the list of nodes to say so' },
  );
  one.close();
  await until(async () => (await sessionsOn(node))[0]?.because !== null, {
    timeoutMs: 5_000,
    what: 'the session of who left to be closed in the record',
  });
  gateway.signal('SIGTERM');
  await expect(gateway.asks('/healthz')).resolves.toMatchObject({ status: 200 });
  expect(other.isOver()).toBe(false);

  gateway.signal('SIGTERM');
  await other.ended;
  expect(other.told()).toContain('its gateway was stopped at once');
  await gateway.ended();
  const rows = await sessionsOn(node);
  expect(rows.map(({ protocol, because }) => [protocol, because])).toEqual([
    ['ssh', expect.stringContaining('left')],
    ['postgres', expect.stringContaining('its gateway was stopped at once')],
  ]);
  for (const { id } of rows)
    expect(await beside.perform('sessions.verify', { id }, officer)).toMatchObject({ ok: true, cut: false });
  expect(await beside.db.one(sql`select state from node where id = ${node}`)).toEqual({ state: 'stopped' });
  await gateway.restart();
});

test('a gateway killed under load loses its own live sessions and nothing else: they are closed in the record, and their recordings verify', async () => {
  const lines: string[] = [];
  const rows = await runKills({ rounds: 1, both: 1, seed: 11, sessions: 2, world, say: (line) => lines.push(line) });
  console.log(lines.join('\n'));
  expect(rows.map(({ sessions }) => sessions)).toEqual([8, 8]);
  expect(Math.max(...rows.map(({ closedMs }) => closedMs))).toBeLessThan(10_000);
  expect(Math.max(...rows.map(({ lostMs }) => lostMs))).toBeLessThanOrEqual(1_000);
});
