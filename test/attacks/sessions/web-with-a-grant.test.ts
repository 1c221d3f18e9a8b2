import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { ADMIN_ROLES, createIdentity, endGrant, startGrant } from '#spine/graph/index.ts';
import { headerOf } from '#test/http-rig/application.ts';
import { CREDENTIAL } from '#test/http-rig/rig.ts';
import { run, start, until, type Ran } from '#test/ssh-rig/run-program.ts';
import { guardedHouse, type GuardedHouse } from '../../harness/guarded-house.ts';
import { openApplication, type OpenApplication } from '../../harness/open-application.ts';

/**
 * Attacks 16, 17, 21 and K34 on the way to a web application, with curl, a live grant and the whole of Reeve: a sign-in
 * used twice, late, on another site or from elsewhere; a session that outlives its grant; what rules refuse; the vault's
 * credential in anything a person can see.
 */
let house: GuardedHouse;
let app: OpenApplication;
let lena: string;
let admin: string;

beforeAll(async () => {
  house = await guardedHouse();
  [admin, lena] = await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    const boss = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'A', username: 'admin' } });
    await startGrant(ctx, permit, {
      identityId: boss.id,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    const person = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: 'L', username: 'lena' } });
    return [boss.id, person.id] as const;
  });
  app = await openApplication(house, { system: 'wiki.main', holder: lena });
});
afterAll(async () => {
  await app?.close();
  await house?.close();
});

interface Issued {
  readonly id: string;
  readonly username: string;
  readonly origin: string;
  readonly link: string;
  readonly password: string;
}
const issue = (more: Record<string, unknown> = {}): Promise<Issued> =>
  house.perform<Issued>('webSignIns.issue', { system: 'wiki.main', ...more }, lena);
const curl = (password: string, path: string, ...more: string[]): Promise<Ran> =>
  run('curl', [
    '-sS',
    '--max-time',
    '10',
    '--cacert',
    app.certificate,
    '-u',
    `reporting:${password}`,
    ...more,
    app.at('wiki-main', path),
  ]);
const code = async (ran: Promise<Ran>): Promise<string> => /\d{3}$/.exec((await ran).stdout.toString())?.[0] ?? '';
const misused = async (id: string): Promise<string[]> =>
  (
    await house.db.many<{ how: string }>(
      sql`select data->>'how' as how from audit_event where type = 'gateway_password.misused' and data->>'passwordId' = ${id} order by at, id`,
    )
  ).map(({ how }) => how);
const lastSession = async (): Promise<{ id: string; state: string; endedBecause: string | null; protocol: string }> => {
  const row = await house.db.maybe<{ id: string; state: string; endedBecause: string | null; protocol: string }>(
    sql`select id, state, ended_because, protocol from session order by id desc limit 1`,
  );
  if (row === undefined) throw new Error('no session');
  return row;
};
const end = async (): Promise<void> => {
  const { id } = await lastSession();
  await house.perform('sessions.end', { id, because: 'the test goes on' }, admin);
  await until(async () => (await lastSession()).state === 'ended', 'the session to be closed in the record');
};

it('a system is served once somebody says how, and to nobody before', async () => {
  await expect(issue()).rejects.toThrow('is not served as a web application');
  expect(await house.perform('webTerms.set', { id: app.systemId }, admin)).toMatchObject({
    terms: { site: 'wiki-main', credential: 'basic', header: null, keepHost: false },
  });
  const { link, origin, username, password } = await issue();
  expect(link).toBe(`${origin}/.reeve/sign-in#${password}`);
  expect(origin).toBe('https://wiki-main.web.localhost:8472');
  expect(username).toBe('reporting@wiki.main');
  const place = (who: string) => house.perform('webSignIns.place', { system: 'wiki.main' }, who);
  expect(await place(lena)).toEqual({ origin, accounts: ['reporting'] });
  expect(await place(admin)).toEqual({ origin: null, accounts: [] });
});

it('terms and rules that cannot be are refused, by name, and by the database itself', async () => {
  const set = (more: Record<string, unknown>) => house.perform('webTerms.set', { id: app.systemId, ...more }, admin);
  await expect(set({ credential: 'header' })).rejects.toThrow('is missing');
  await expect(set({ credential: 'header', header: 'Host' })).rejects.toThrow('has another meaning');
  await expect(set({ credential: 'header', header: 'x-forwarded-user' })).rejects.toThrow('has another meaning');
  const insert = (values: string): Promise<unknown> =>
    house.db
      .run(sql`insert into web_terms (system_id, site, credential, header, keep_host, hidden_fields, changed_at, changed_by)
      select id, ${values.split(' ')[0]}, ${values.split(' ')[1]}, ${values.split(' ')[2] ?? null}, false, '{}', now(), id
      from system where kind = 'reeve'`);
  await expect(insert('wiki-main basic')).rejects.toThrow('a_site_is_of_one_system');
  await expect(insert('Wiki basic')).rejects.toThrow('web_terms_name_a_site');
  await expect(insert('other form')).rejects.toThrow('web_terms_say_how_a_credential_goes');
  await expect(insert('other header')).rejects.toThrow('web_terms_name_a_header_where_one_is_used');
  const rules = () =>
    house.db
      .run(sql`insert into request_rules (id, system_id, account_id, read_only, no_web_sockets, deny_paths, deny_headers, changed_at, changed_by)
      values (gen_random_uuid(), ${app.systemId}, null, false, false, '{}', '{}', now(), gen_random_uuid())`);
  await rules();
  await expect(rules()).rejects.toThrow('request_rules_are_one');
});

it('a password opens one session, with the credential put in, and its requests on the record', async () => {
  const { password } = await issue();
  expect((await curl(password, '/echo?page=2&token=abc', '--data', 'hello')).stdout.toString()).toContain('"size":5');
  expect((await curl(password, '/text')).stdout.toString()).toContain('Larkspur');
  const got = app.application.got.find((one) => one.url.startsWith('/echo'));
  expect(headerOf(got, 'authorization')).toEqual([
    `Basic ${Buffer.from(`reporting:${CREDENTIAL}`).toString('base64')}`,
  ]);
  const session = await lastSession();
  expect(session).toMatchObject({ protocol: 'http', state: 'live' });
  await end();
  const { items } = await house.perform<{ items: unknown[] }>('sessions.statements', { id: session.id }, admin);
  expect(items).toMatchObject([
    { n: 0, text: 'POST /echo?page=2&token=(hidden)', via: 'http', tag: '200 OK, application/json', bytes: { in: 5 } },
    { n: 1, text: 'GET /text', tag: '200 OK' },
  ]);
  const everything =
    JSON.stringify(items) + (await house.perform<string>('sessions.recording', { id: session.id }, admin));
  expect(everything).toContain('> GET /text');
  for (const secret of [CREDENTIAL, password, Buffer.from(`reporting:${password}`).toString('base64')])
    expect(everything).not.toContain(secret);
  expect(await house.perform('sessions.verify', { id: session.id }, admin)).toMatchObject({ ok: true });
});

it('a link says whose it is before it signs in, and one that is not good any more is on the record as that', async () => {
  const { link, password } = await issue();
  const whose = (at = 'wiki-main'): Promise<Ran> =>
    run('curl', [
      '-sS',
      '--cacert',
      app.certificate,
      '-H',
      `Origin: https://${at}.web.localhost:${String(app.gateway.address.port)}`,
      '-H',
      'Content-Type: text/plain',
      '--data',
      password,
      app.at(at, '/.reeve/whose'),
    ]);
  expect(link).toContain(password);
  for (let n = 0; n < 2; n += 1)
    expect(JSON.parse((await whose()).stdout.toString())).toEqual({
      person: 'L',
      account: 'reporting',
      system: 'wiki.main',
    });
  expect(await code(curl(password, '/text', '-w', '%{http_code}'))).toBe('200');
  await end();
  expect((await whose()).stdout.toString()).toContain('web.sign_in_refused');
  const { id } = await house.db.one<{ id: string }>(
    sql`select id from gateway_password order by asked_at desc, id desc limit 1`,
  );
  expect(await misused(id)).toEqual(['once too often']);
});

it('a password is good once, and not late, on another site or for another account', async () => {
  const once = await issue();
  expect(await code(curl(once.password, '/text', '-w', '%{http_code}'))).toBe('200');
  await end();
  expect(await code(curl(once.password, '/text', '-w', '%{http_code}'))).toBe('401');

  const late = await issue({ seconds: 60 });
  house.clock.advance(61_000);
  expect(await code(curl(late.password, '/text', '-w', '%{http_code}'))).toBe('401');
  expect(await misused(late.id)).toEqual(['after its end']);

  const elsewhere = await issue();
  const asked = [
    '-sS',
    '--cacert',
    app.certificate,
    '-w',
    '%{http_code}',
    '-H',
    `Reeve-Password: ${elsewhere.password}`,
  ];
  expect(await code(run('curl', [...asked, app.at('other', '/text')]))).toBe('401');
  expect(await misused(elsewhere.id)).toEqual(['for another account']);
  expect(await code(curl(elsewhere.password, '/text', '-w', '%{http_code}'))).toBe('401');

  const other = await issue();
  expect(
    await code(run('curl', [...asked.slice(0, 5), '-u', `root:${other.password}`, app.at('wiki-main', '/text')])),
  ).toBe('401');
});

it('of ten who show one link at once, one session opens', async () => {
  const { password } = await issue();
  const before = (await house.db.one<{ n: number }>(sql`select count(*)::int as n from session`)).n;
  const post = [
    '-X',
    'POST',
    '-H',
    `Origin: ${app.at('wiki-main', '')}`,
    '-H',
    'Content-Type: text/plain',
    '--data',
    password,
    '-w',
    '%{http_code}',
  ];
  const all = await Promise.all(
    Array.from({ length: 10 }, () =>
      code(run('curl', ['-sS', '--cacert', app.certificate, ...post, app.at('wiki-main', '/.reeve/sign-in')])),
    ),
  );
  expect(all.toSorted()).toEqual(['204', ...Array.from({ length: 9 }, () => '401')]);
  expect((await house.db.one<{ n: number }>(sql`select count(*)::int as n from session`)).n).toBe(before + 1);
  await end();
});

it('rules of the system and of the account hold together for sessions that begin then', async () => {
  await house.perform('requestRules.keep', { id: app.systemId, denyPaths: ['/admin'] }, admin);
  await house.perform('requestRules.keep', { id: app.systemId, accountId: app.accountId, readOnly: true }, admin);
  const { password } = await issue();
  expect(await code(curl(password, '/text', '-w', '%{http_code}'))).toBe('200');
  expect(await code(curl(password, '/echo', '--data', 'x', '-w', '%{http_code}'))).toBe('403');
  const before = app.application.got.length;
  expect((await curl(password, '/admin/users')).stdout.toString()).toContain('/admin is not open');
  expect(app.application.got.length).toBe(before);
  const { id } = await lastSession();
  await end();
  const { items } = await house.perform<{ items: { refused: string | null }[] }>('sessions.statements', { id }, admin);
  expect(items.map(({ refused }) => refused)).toEqual([null, 'POST is not reading', '/admin is not open']);
  await expect(house.perform('requestRules.keep', { id: app.systemId, denyPaths: ['/a%2fb'] }, admin)).rejects.toThrow(
    'is no plain path',
  );
  for (const accountId of [null, app.accountId])
    await house.perform('requestRules.keep', { id: app.systemId, accountId }, admin);
});

it('a session ends within a second of its grant, and nothing opens after it', async () => {
  const { password } = await issue();
  const before = await issue();
  const running = start('curl', [
    '-sSN',
    '--cacert',
    app.certificate,
    '-u',
    `reporting:${password}`,
    app.at('wiki-main', '/events'),
  ]);
  await until(() => running.stdout().includes('data: tick'), 'the stream to flow');
  const began = performance.now();
  const grants = await house.db.many<{ id: string }>(
    sql`select id from access_grant where identity_id = ${lena} and ended_because is null`,
  );
  await house.as('boot').act({ action: 'enrolment.create' }, async (ctx, permit) => {
    for (const { id } of grants) await endGrant(ctx, permit, { grantId: id, because: 'moved team' });
  });
  await house.settle(10_000);
  await running.done;
  expect(performance.now() - began).toBeLessThan(3000);
  await until(async () => (await lastSession()).state === 'ended', 'the session to be closed');
  expect((await lastSession()).endedBecause).toContain('moved team');
  expect((await curl(before.password, '/text')).stdout.toString()).toContain(
    'you have no access to reporting@wiki.main now',
  );
  expect((await curl(password, '/text')).stdout.toString()).toContain('moved team');
  await expect(issue()).rejects.toThrow('you have no access');
});
