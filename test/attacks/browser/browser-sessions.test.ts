import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { startHosts, type LabHosts } from '#lab/index.ts';
import { openFromBrowser, openSocket, type BrowserSocket } from '../../harness/browser-socket.ts';
import { openAccount, type OpenAccount } from '../../harness/open-account.ts';
import { peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';

/** Who tries to use a browser's way in without being the browser that asked, or after its time, or to have too much of it. */
let house: PeopledHouse;
let hosts: LabHosts;
let lena: Caller;
let mara: Caller;
let account: OpenAccount;

beforeAll(async () => {
  [house, hosts] = await Promise.all([peopledHouse({ browsers: true }), startHosts({ names: ['web1'] })]);
  const web1 = hosts.get('web1');
  // the gateway looks at certificates by the machine's clock
  house.clock.set(new Date());
  lena = await house.person('lena');
  mara = await house.person('mara');
  account = await openAccount(house, {
    system: 'web1',
    host: web1.host,
    port: web1.port,
    hostKeyFingerprint: web1.hostKeyFingerprint,
    account: web1.management.username,
    privateKey: web1.management.privateKey,
    holder: lena.id,
  });
});
afterAll(async () => {
  await house?.close();
  await hosts?.stop();
});

const name = (): string => hosts.get('web1').management.username;
const ask = async (who = lena): Promise<string> => {
  const asked = await who.call('POST', '/v1/browser-sessions', { account: name(), system: 'web1' });
  expect([asked.status, asked.body['key']]).toEqual([200, expect.stringMatching(/^rvb_/)]);
  return String(asked.body['key']);
};
const show = async (who: Pick<Caller, 'cookie'>, first: object): Promise<BrowserSocket> => {
  const it = openSocket(house, who);
  await new Promise<void>((open) => it.ws.once('open', () => open()));
  it.tell(first);
  return it;
};
const withKey = (who: Pick<Caller, 'cookie'>, key: string): Promise<BrowserSocket> =>
  show(who, { key, cols: 80, rows: 24 });
const sessions = async (): Promise<number> =>
  (await house.db.one<{ n: number }>(sql`select count(*)::int as n from session`)).n;
const misused = async (): Promise<string[]> =>
  (
    await house.db.many<{ how: string }>(
      sql`select data->>'how' as how from audit_event where type = 'browser_session.misused' order by at, id`,
    )
  ).map(({ how }) => how);

test.each([
  ['a page of another origin', 403, { origin: 'https://evil.example' }],
  ['a page of another port', 403, { origin: 'http://localhost:1' }],
  ['a page without an origin', 403, { origin: 'null' }],
  ['another path', 404, { path: '/v1/browser-sessions/connect?key=x' }],
])('%s is not let in', async (_what, status, how) => {
  const it = openSocket(house, lena, how);
  await it.closed();
  expect(it.refused()).toBe(status);
});

test('nobody is let in without a sign-in, with two cookies, or with a token in place of one', async () => {
  for (const [cookie, headers] of [
    ['', {}],
    ['rvs_nothing', {}],
    ['', { cookie: `reeve_session=${lena.cookie}; reeve_session=${mara.cookie}` }],
    ['', { authorization: `Bearer ${lena.cookie}` }],
  ] as const) {
    const it = openSocket(house, { cookie }, { headers });
    await it.closed();
    expect(it.refused()).toBe(401);
  }
  const token = await house.perform<{ token: string }>(
    'tokens.create',
    { name: 't', scopes: ['*'], endsAt: new Date(Date.now() + 3_600_000).toISOString() },
    lena.id,
  );
  const asked = await house.stranger.call(
    'POST',
    '/v1/browser-sessions',
    { account: name(), system: 'web1' },
    { headers: { authorization: `Bearer ${token.token}` } },
  );
  expect([asked.status, asked.body['code']]).toEqual([403, 'browser_session.needs_the_console']);
});

test('a key opens nothing for another person, another sign-in or a second time; each is on the record', async () => {
  const before = await sessions();
  for (const [who, how] of [
    [mara, 'by another person'],
    [await house.signIn(lena.id, 'lena'), 'by another sign-in'],
  ] as const) {
    const key = await ask();
    const it = await withKey(who, key);
    expect((await it.closed()).because).toContain('good for nothing');
    // who has it in the wrong hands has ended it for the right ones
    expect((await (await withKey(lena, key)).closed()).because).toContain('good for nothing');
    expect((await misused()).slice(-2)).toEqual([how, 'it was ended']);
  }
  expect(await sessions()).toBe(before);
  const key = await ask();
  const first = await withKey(lena, key);
  await first.hears('session');
  expect((await (await withKey(lena, key)).closed()).because).toContain('good for nothing');
  expect((await misused()).at(-1)).toBe('a second time');
  const late = await ask();
  house.clock.set(new Date(Date.now() + 61_000));
  expect((await (await withKey(lena, late)).closed()).because).toContain('good for nothing');
  expect((await misused()).at(-1)).toBe('after its end');
  house.clock.set(new Date());
  first.ws.close();
  expect(await sessions()).toBe(before + 1);
});

test('a key opens nothing once its sign-in ended, also where the browser had connected before', async () => {
  const before = await sessions();
  const again = await house.signIn(lena.id, 'lena');
  const key = await ask(again);
  const it = openSocket(house, again);
  await new Promise<void>((open) => it.ws.once('open', () => open()));
  expect((await again.call('POST', '/v1/signin/out', {})).status).toBeLessThan(300);
  it.tell({ key, cols: 80, rows: 24 });
  expect((await it.closed()).because).toContain('your sign-in ended');
  expect(await sessions()).toBe(before);
});

test('shown twice at the same instant, a key opens one session', async () => {
  const before = await sessions();
  const key = await ask();
  const both = await Promise.all([withKey(lena, key), withKey(lena, key)]);
  await until(() => both.some((it) => it.closedAt() !== undefined), { timeoutMs: 5_000, what: 'one to be refused' });
  const open = both.filter((it) => it.closedAt() === undefined);
  expect(open).toHaveLength(1);
  await open[0]?.hears('session');
  expect(await sessions()).toBe(before + 1);
  open[0]?.ws.close();
});

test('a call that offers another protocol is answered as it would have been', async () => {
  const { port } = new URL(house.url);
  const socket = connect(Number(port), '127.0.0.1');
  let answer = '';
  socket.on('data', (data) => (answer += String(data)));
  socket.write(
    'GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n\r\n',
  );
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{"ok":true\}/);
});

test('who has no access gets no key, and hears the same of what is there and what is not', async () => {
  for (const [who, body] of [
    [mara, { account: name(), system: 'web1' }],
    [lena, { account: 'nobody', system: 'web1' }],
    [lena, { account: name(), system: 'nowhere' }],
  ] as const) {
    const asked = await who.call('POST', '/v1/browser-sessions', body);
    expect([asked.status, asked.body['code']]).toEqual([403, 'browser_session.no_grant']);
  }
});

test('what is no message ends the connection: before the key, in its place, and afterwards', async () => {
  for (const first of [
    {},
    { key: 'x' },
    { key: 'x', cols: 0, rows: 1e9 },
    { key: 'x', cols: 1, rows: 1, shell: 'sh' },
  ]) {
    const it = await show(lena, first);
    expect((await it.closed()).code).toBe(1008);
  }
  const binary = openSocket(house, lena);
  await new Promise<void>((open) => binary.ws.once('open', () => open()));
  binary.type('whoami\n');
  expect((await binary.closed()).code).toBe(1008);
  const it = await openFromBrowser(house, lena, name(), 'web1');
  await it.hears('opened');
  it.tell({ resize: { cols: 99_999, rows: 1 } });
  expect((await it.closed()).code).toBe(1008);
  const ahead = await openFromBrowser(house, lena, name(), 'web1');
  await ahead.hears('opened');
  ahead.tell({ shown: 1e12 });
  expect((await ahead.closed()).code).toBe(1008);
});

test('what a browser does not show is not sent without end, and does not keep it from stopping what floods it', async () => {
  const it = await openFromBrowser(house, lena, name(), 'web1', { acks: false });
  await it.hears('session');
  it.type('yes flood\n');
  let before = -1;
  await until(
    () => {
      const now = it.shown().length;
      const still = now > 256 * 1024 && now === before;
      before = now;
      return still;
    },
    { timeoutMs: 10_000, everyMs: 200, what: 'the flood to stand still' },
  );
  expect(before).toBeLessThan(768 * 1024);
  it.type('\u0003');
  it.type('echo over-$((1+1))\n');
  await until(
    () => {
      it.tell({ shown: Buffer.byteLength(it.shown()) });
      return it.shown().includes('over-2');
    },
    { timeoutMs: 10_000, everyMs: 20, what: 'the shell to go on' },
  );
  it.ws.close();
});

test('files over the limit, of more bytes than said, half sent or in place of one that is there are refused and leave nothing', async () => {
  const it = await openFromBrowser(house, lena, name(), 'web1');
  await it.hears('session');
  const about = async (id: number, word: string): Promise<unknown> => {
    const found = (): Record<string, unknown> | undefined =>
      it.said
        .map(({ files }) => files as Record<string, unknown> | undefined)
        .find((one) => one?.['id'] === id && word in one);
    await until(() => found() !== undefined, {
      timeoutMs: 5_000,
      what: `${word} of ${id}: ${JSON.stringify(it.said)}`,
    });
    return found()?.[word];
  };
  const ask = (message: object): void => it.tell({ files: message });
  ask({ id: 1, put: '/tmp/large', size: 9 * 1024 * 1024, replace: false });
  expect(await about(1, 'failed')).toContain('larger than the 8388608 bytes');
  ask({ id: 2, put: '/tmp/more', size: 3, replace: false });
  await about(2, 'takes');
  it.send(Buffer.from('more than three'));
  expect(await about(2, 'failed')).toContain('more came than was said');
  ask({ id: 3, put: '/tmp/half', size: 30, replace: false });
  await about(3, 'takes');
  it.send(Buffer.from('half'));
  ask({ id: 4, get: '/etc/hostname' });
  expect(await about(4, 'failed')).toContain('another file is being moved');
  ask({ id: 3, stop: true });
  expect(await about(3, 'failed')).toContain('it was stopped');
  ask({ id: 5, put: '/etc/hostname', size: 1, replace: false });
  expect(await about(5, 'failed')).toBeTruthy();
  ask({ id: 6, get: '/tmp/../nothing/there' });
  expect(await about(6, 'failed')).toBeTruthy();
  const left = await hosts.get('web1').exec('ls /tmp/large /tmp/more /tmp/half 2>/dev/null; stat -c %s /etc/hostname');
  expect(left.stdout.trim()).not.toMatch(/tmp|^1$/);
  it.ws.close();
});

test('an open terminal closes within a second of the end of its grant, and the sign-in that ends closes what it opened', async () => {
  const other = await house.signIn(lena.id, 'lena');
  const [one, two] = await Promise.all([lena, other].map((who) => openFromBrowser(house, who, name(), 'web1')));
  await Promise.all([one?.hears('session'), two?.hears('session')]);
  const signedOut = await other.call('POST', '/v1/signin/out', {});
  expect(signedOut.status).toBe(200);
  expect((await two?.closed())?.because).toBe('Reeve: your sign-in ended');
  expect(one?.closedAt()).toBeUndefined();
  const boss = await house.person('boss', {}, ['administrator']);
  house.clock.set(new Date());
  await house.perform('grants.end', { id: account.grantId, because: 'moved team' }, boss.id);
  const asked = performance.now();
  await house.settle(30_000);
  expect((await one?.closed())?.because).toContain('access ended');
  expect((one?.closedAt() ?? 0) - asked).toBeLessThan(1_000);
  const again = await lena.call('POST', '/v1/browser-sessions', { account: name(), system: 'web1' });
  expect(again.body['code']).toBe('browser_session.no_grant');
});
