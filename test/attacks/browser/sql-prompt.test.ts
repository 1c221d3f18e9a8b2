import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { openFromBrowser, openSocket } from '../../harness/browser-socket.ts';
import { openDatabases, type OpenDatabases } from '../../harness/open-databases.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { openPrompt, type PromptSocket } from '../../harness/prompt-socket.ts';

/**
 * Who tries to use the SQL prompt of somebody else, to send it what it does not take, or to have a database fill the memory
 * of the node or of the browser. Real servers behind real gateways.
 */
let house: PeopledHouse;
let databases: OpenDatabases;
let lena: Caller;
let mara: Caller;

beforeAll(async () => {
  house = await peopledHouse({ browsers: true });
  house.clock.set(new Date());
  [lena, mara] = [await house.person('lena'), await house.person('mara')];
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
const sessions = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from session`)).n;
const keyOf = async (who: Caller, at: { account: string; system: string }): Promise<string> =>
  String((await who.call('POST', '/v1/browser-sessions', at)).body['key']);

describe.each(['postgres', 'mysql'] as const)('%s', (which) => {
  const open = async (how: { readonly acks?: false } = {}): Promise<PromptSocket> => {
    const it = await openPrompt(house, lena, AT[which], how);
    await it.hears('session');
    return it;
  };

  test('K10: a page of another origin, somebody else and another way in get nothing', async () => {
    const before = await sessions();
    const foreign = openSocket(house, lena, { origin: 'https://evil.example' });
    await foreign.closed();
    expect(foreign.refused()).toBe(403);
    expect((await mara.call('POST', '/v1/browser-sessions', AT[which])).body['code']).toBe('browser_session.no_grant');
    const key = await keyOf(lena, AT[which]);
    const others = openSocket(house, mara);
    await new Promise<void>((opened) => others.ws.once('open', () => opened()));
    others.tell({ key, prompt: { database: null } });
    expect((await others.closed()).because).toContain('good for nothing');
    const terminal = await openFromBrowser(house, lena, AT[which].account, AT[which].system);
    expect((await terminal.closed()).because).toContain('SQL prompt');
    expect(await sessions()).toBe(before);
  });

  test('the password it comes by is in no message, and of no use to anybody', async () => {
    const it = await open();
    await it.run('select 1 as one');
    expect(JSON.stringify(it.said)).not.toMatch(/rvp_/);
    const row = await house.db.one<{ used: number; connections: number; personAddress: string }>(
      sql`select used, connections, person_address from gateway_password order by asked_at desc, id desc limit 1`,
    );
    expect(row).toEqual({ used: 1, connections: 1, personAddress: '127.0.0.1' });
    it.ws.close();
  });

  test.each([
    ['a run of too many rows', { run: { id: 1, text: 'select 1', most: 10_001, into: 'screen' } }],
    ['a text that is too long', { run: { id: 1, text: 'x'.repeat(60_001), most: 1, into: 'screen' } }],
    ['a message of a terminal', { resize: { cols: 1, rows: 1 } }],
    ['a field nobody declared', { cancel: true, because: 'x' }],
    ['rows that were not sent', { shown: 1e12 }],
    ['a table that is none', { look: { id: 1, table: { schema: '', name: 'x' } } }],
  ])('%s ends the connection', async (_what, message) => {
    const it = await open();
    it.tell(message);
    expect((await it.closed()).code).toBe(1008);
  });

  test('a message beyond all bounds ends the connection and no other', async () => {
    const [one, other] = [await open(), await open()];
    one.ws.send('x'.repeat(300 * 1024));
    expect((await one.closed()).code).toBe(1009);
    expect((await other.run('select 3 as three')).statements[0]?.rows).toEqual([['3']]);
    other.ws.close();
  });

  test('a second statement while one runs is refused, however many are sent', async () => {
    const it = await open();
    const first = it.begin(which === 'postgres' ? 'select pg_sleep(1)' : 'select sleep(1)');
    await it.hears('begins');
    const more = Array.from({ length: 200 }, () => it.begin('select 7 as seven'));
    const ran = await Promise.all(more.map((id) => it.over(id)));
    expect(new Set(ran.map(({ refused }) => refused))).toEqual(new Set(['a statement runs already']));
    expect((await it.over(first)).statements[0]?.done).toBeDefined();
    it.ws.close();
  });

  test('K28: a value of many megabytes is shown by its beginning, and takes no more memory than that', async () => {
    const it = await open();
    const size = which === 'postgres' ? 200_000_000 : 12_000_000;
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)), 20);
    const ran = await it.run(`select repeat('ä', ${size / 2}) as huge, 'after' as next`);
    clearInterval(watch);
    const [huge, next] = ran.statements[0]?.rows[0] ?? [];
    expect(huge).toMatchObject({ bytes: size });
    expect((huge as { begins: string }).begins).toMatch(/^ä{30000,32768}$/);
    expect(next).toBe('after');
    expect(most - before).toBeLessThan(64 * 1024 * 1024);
    it.ws.close();
  });

  test('bytes that are no text are told in hex, and text of any letters as it is', async () => {
    const it = await open();
    const bytes = which === 'postgres' ? "'\\x00ff0a'::bytea" : "x'00ff0a'";
    const ran = await it.run(`select ${bytes} as raw, '<script>alert(1)</script>' as script`);
    expect(ran.statements[0]?.rows[0]).toEqual([
      which === 'postgres' ? '\\x00ff0a' : { hex: '00ff0a', bytes: 3 },
      '<script>alert(1)</script>',
    ]);
    it.ws.close();
  });

  test('a browser that takes nothing is sent no more than a little, and can leave', async () => {
    const it = await open({ acks: false });
    const rows =
      which === 'postgres'
        ? "select repeat('x', 1000) from generate_series(1, 9000)"
        : "with recursive s as (select 1 as n union all select n + 1 from s where n < 900) select repeat('x', 9000) from s";
    it.begin(rows, { most: 10_000 });
    const got = (): number =>
      it.said.filter((one) => 'rows' in one).reduce((sum, one) => sum + JSON.stringify(one).length, 0);
    let last = -1;
    await until(
      () => {
        const still = got() > 512 * 1024 && got() === last;
        last = got();
        return still;
      },
      { timeoutMs: 15_000, everyMs: 300, what: 'the rows to stand still' },
    );
    expect(last).toBeLessThan(2 * 1024 * 1024);
    const id = String((it.said.find((one) => 'session' in one)?.['session'] as { id: string } | undefined)?.id);
    it.ws.close();
    await until(
      async () =>
        (await house.db.one<{ state: string }>(sql`select state from session where id = ${id}`)).state === 'ended',
      { timeoutMs: 5_000, what: 'the session to end' },
    );
  });
});
