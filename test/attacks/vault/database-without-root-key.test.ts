import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { systemClock } from '#kit/clock/index.ts';
import { hashToken } from '#kit/crypto/index.ts';
import { openDb, sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { readEvents } from '#spine/audit/read/read-events.ts';
import { openAccount } from '../../harness/open-account.ts';
import { callWith, peopledHouse, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { dumpDatabase } from '../search/dump-database.ts';
import { findSecrets, type Secret } from '../search/find-secrets.ts';
import { walkDatabase, type Leaf } from '../search/walk-database.ts';
import { must, oneOfEach } from '../one-of-each.ts';

/** What people choose or bring, and could be guessed: the rest is random. */
interface Chosen {
  readonly password: string;
  readonly value: string;
  readonly second: string;
  readonly connection: string;
  readonly mistyped: string;
  readonly typed: string;
  readonly key: string;
}
const chosen = (n: number): Chosen => ({
  password: `winter password ${n}`,
  value: `vault-value-${n}`,
  second: `vault-second-${n}`,
  connection: `connection-${n}`,
  mistyped: `typed-in-the-wrong-box-${n}`,
  typed: `typed-on-a-command-line-${n}`,
  key: `-----BEGIN KEY-----\nthe key of lena ${n}\n-----END KEY-----`,
});

/** Ways in that Reeve made: each shown once to whom it is for. */
interface Made {
  readonly totpSecret: string;
  readonly cookie: string;
  readonly apiToken: string;
  readonly enrolment: string;
  readonly unusedEnrolment: string;
  readonly deviceCode: string;
}

interface People {
  readonly boss: Caller;
  readonly officer: Caller;
  readonly lena: Caller;
}

/** What happens in a house, the same every time but for what is chosen. */
async function live(house: PeopledHouse, secret: Chosen): Promise<{ readonly made: Made; readonly people: People }> {
  const { stranger } = house;
  const boss = await house.person('boss', {}, ['administrator']);
  const officer = await house.person('joaquin', {}, ['security_officer']);
  const lena = await house.person('lena', { managerId: boss.id });
  const link = (): Promise<string> =>
    house
      .as('boot')
      .act({ action: 'enrolment.create' }, (ctx, permit) =>
        makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId: lena.id, hours: 1 }),
      );
  const enrolment = await link();
  const begun = must<{ totpUri: string }>(await stranger.call('POST', '/v1/enrolment/begin', { token: enrolment }));
  const totpSecret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  const code = (): string => {
    house.clock.advance(31_000);
    return new TOTP({ secret: totpSecret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });
  };
  must(
    await stranger.call('POST', '/v1/enrolment/finish', {
      token: enrolment,
      password: { password: secret.password, code: code() },
    }),
  );
  const signedIn = await stranger.call('POST', '/v1/signin/password', {
    username: 'lena',
    password: secret.password,
    code: code(),
  });
  const cookie = /reeve_session=([^;]+)/.exec(signedIn.headers.get('set-cookie') ?? '')?.[1] ?? '';
  for (const username of ['lena', secret.mistyped])
    await stranger.call('POST', '/v1/signin/password', { username, password: secret.mistyped, code: '000000' });

  const once = (key: string) => ({ headers: { 'idempotency-key': key } });
  const kept = must<{ id: string }>(
    await officer.call(
      'POST',
      '/v1/vault/secrets',
      { name: 'team/key', kind: 'password', username: 'root', value: secret.value },
      once('one'),
    ),
  );
  must(await officer.call('POST', `/v1/vault/secrets/${kept.id}/versions`, { value: secret.second }, once('two')));
  must(await officer.call('POST', `/v1/vault/secrets/${kept.id}/checkout`, { reason: 'looking' }, once('three')));
  must(
    await boss.call(
      'POST',
      '/v1/systems',
      {
        name: 'orders',
        kind: 'postgres',
        host: '127.0.0.1',
        port: 1,
        pinned: ['tls:none'],
        username: 'postgres',
        secret: { kind: 'password', value: secret.connection },
      },
      once('four'),
    ),
  );
  await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 22,
    hostKeyFingerprint: 'SHA256:none',
    account: 'lena',
    privateKey: secret.key,
    holder: lena.id,
  });
  const admission = await gatewayPorts(house.edges).admit({
    identityId: lena.id,
    account: 'lena',
    system: 'web1',
    protocol: 'ssh',
    clientAddress: '192.0.2.77',
    clientVersion: 'test',
  });
  if (!admission.admitted) throw new Error(admission.message);
  admission.ticket.event({ atMs: 1, type: 'exec', detail: `mysql -p${secret.typed}` });
  await admission.ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
  const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
  const apiToken = must<{ token: string }>(
    await lena.call('POST', '/v1/tokens', { name: 'deploys', scopes: ['*'], endsAt }, once('five')),
  ).token;
  const { deviceCode } = must<{ deviceCode: string }>(
    await stranger.call('POST', '/v1/device-login', { client: 'cli on a laptop' }),
  );
  const unusedEnrolment = await link();
  return {
    made: { totpSecret, cookie, apiToken, enrolment, unusedEnrolment, deviceCode },
    people: { boss, officer, lena },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'without-root-key-'));
const [SECRETS, OTHERS] = [chosen(1), chosen(2)];
const ROOT = Buffer.alloc(32, 7);
let house: PeopledHouse;
let made: Made;
let leaves: Leaf[];
let same: Leaf[];
let other: Leaf[];

/** As whoever holds the whole server: its superuser, who sees every schema and what no owner hides. */
async function walk(of: PeopledHouse): Promise<Leaf[]> {
  const url = new URL(inject('reeveTestServer').adminUrl);
  url.pathname = new URL(of.databaseUrl).pathname;
  const db = await openDb({ url: url.href, clock: systemClock, log: silentLog, max: 1 });
  try {
    if (of === house) await dumpDatabase(db, join(folder, 'dump'));
    return await walkDatabase(db);
  } finally {
    await db.close();
  }
}

async function livedIn(rootKey: Buffer, secrets: Chosen): Promise<Leaf[]> {
  const one = await peopledHouse({ rootKey });
  try {
    await live(one, secrets);
    return await walk(one);
  } finally {
    await one.close();
  }
}

beforeAll(async () => {
  house = await peopledHouse({ rootKey: ROOT });
  const lived = await live(house, SECRETS);
  made = lived.made;
  await oneOfEach(house, { ...lived.people, priya: await house.person('priya') });
  leaves = await walk(house);
  same = await livedIn(Buffer.alloc(32, 8), SECRETS);
  other = await livedIn(ROOT, OTHERS);
});
afterAll(async () => {
  await house?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('with the whole database and no root key', () => {
  test('there is no secret in it, in any form', async () => {
    const secrets: Secret[] = [
      ...Object.entries({ ...SECRETS, ...made }).map(([what, value]) => ({ what, value })),
      { what: 'the root key', value: ROOT },
    ];
    secrets.push({ what: 'a line of the private key', value: 'the key of lena 1' });
    const place = { name: 'the database', path: join(folder, 'dump') };
    expect(
      await findSecrets(
        secrets.filter((s) => s.what !== 'key'),
        [place],
      ),
    ).toEqual([]);
    const looked = await findSecrets([{ what: 'a name', value: 'cli on a laptop' }], [place]);
    expect(looked).toHaveLength(1);
  });

  test('no value of any column follows from a secret alone, so that it could be guessed', () => {
    const values = (of: readonly Leaf[]): Set<string> => new Set(of.map((leaf) => leaf.value));
    const [sameSecrets, otherSecrets] = [values(same), values(other)];
    // What two houses with the same secrets and other root keys have in common, and one with other secrets has not.
    const follows = leaves.filter(
      (leaf) => leaf.value.length >= 8 && sameSecrets.has(leaf.value) && !otherSecrets.has(leaf.value),
    );
    expect(follows).toEqual([]);
    expect(new Set(leaves.map((leaf) => leaf.table)).size).toBeGreaterThan(40);
    expect([...values(leaves)].filter((value) => sameSecrets.has(value)).length).toBeGreaterThan(250);
  });

  test('nothing in it is a token, nor what a token is made of', () => {
    const bytes = new Set(leaves.map((leaf) => leaf.value));
    const ways = (value: string): string[] => {
      const raw = /^[0-9a-f]{32,}$/.test(value) ? Buffer.from(value, 'hex') : undefined;
      return raw === undefined ? [value] : [value, raw.toString('base64'), raw.toString('base64url')];
    };
    const opens = leaves.filter((leaf) =>
      ways(leaf.value).some((token) =>
        ['', 'rv_', 'rvs_', 'rve_', 'rvd_'].some((prefix) => bytes.has(hashToken(prefix + token).toString('hex'))),
      ),
    );
    expect(opens.map((leaf) => `${leaf.table}.${leaf.column}`)).toEqual([]);
    // The search finds a token that is there.
    expect(bytes.has(hashToken(made.apiToken).toString('hex'))).toBe(true);
    expect(bytes.has(hashToken(made.cookie).toString('hex'))).toBe(true);
  });

  test('what it keeps of a way in is not itself one', async () => {
    const kept = leaves.filter((leaf) =>
      ['api_token', 'signin', 'enrolment_link', 'device_login'].includes(leaf.table.replace('public.', '')),
    );
    const tried = new Set(kept.map((leaf) => leaf.value).filter((value) => /^[\x21-\x7e]{8,}$/.test(value)));
    expect(tried.size).toBeGreaterThan(8);
    for (const value of tried) {
      for (const who of [{ authorization: `Bearer ${value}` }, { cookie: `reeve_session=${value}` }])
        expect((await callWith(house.url, who)('GET', '/v1/me')).status, value).toBe(401);
    }
    const held = callWith(house.url, { authorization: `Bearer ${made.apiToken}` });
    expect((await held('GET', '/v1/me')).status).toBe(200);
  });

  test('no personal field of the log is in the tables of the log', async () => {
    const personal = new Set<string>();
    await house.db.tx(async (tx) => {
      for (let cursor: string | undefined; ;) {
        const page = await readEvents(tx, house.keys, { filters: {}, cursor, limit: 200, open: 'everybody' });
        for (const event of page.events) for (const text of textsIn(event.opened)) personal.add(text);
        if (page.next === null) break;
        cursor = page.next;
      }
    });
    expect(personal.has('Lena Example')).toBe(true);
    // An address in clear is nobody's: of somebody known it is sealed.
    const inTheLog = leaves.filter((leaf) => leaf.table.startsWith('public.audit_') && leaf.column !== 'address');
    expect(
      await house.db.many(sql`select 1 from audit_event where address is not null and actor_kind = 'identity'`),
    ).toEqual([]);
    expect(inTheLog.length).toBeGreaterThan(500);
    // A system's or an approver rule's name may be said of somebody; it is not theirs.
    const things = new Set(leaves.filter((leaf) => ABOUT_NOBODY.has(leaf.table)).map((leaf) => leaf.value));
    things.add('the manager');
    const found = [...personal]
      .filter((text) => !things.has(text))
      .flatMap((text) => inTheLog.filter((leaf) => leaf.value.includes(text)));
    expect(found).toEqual([]);
  });
});

const ABOUT_NOBODY = new Set(['public.system', 'public.people_source', 'public.approval_policy']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Distinctive enough not to be found by chance, and no id, which says nothing of a person. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string' && value.length >= 8 && !/^[a-z]+$/.test(value) && !UUID.test(value)) yield value;
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* textsIn(each);
}

describe('with the root key and no database', () => {
  let empty: PeopledHouse;
  beforeAll(async () => {
    empty = await peopledHouse({ rootKey: ROOT });
  });
  afterAll(() => empty?.close());

  test('no way in works', async () => {
    const tries: [Caller['call'], string, string, unknown?][] = [
      [callWith(empty.url, { authorization: `Bearer ${made.apiToken}` }), 'GET', '/v1/me'],
      [callWith(empty.url, { cookie: `reeve_session=${made.cookie}` }), 'GET', '/v1/me'],
      [
        empty.stranger.call,
        'POST',
        '/v1/signin/password',
        { username: 'lena', password: SECRETS.password, code: '123456' },
      ],
      [empty.stranger.call, 'POST', '/v1/enrolment/begin', { token: made.unusedEnrolment }],
      [empty.stranger.call, 'POST', '/v1/device-login/take', { deviceCode: made.deviceCode }],
    ];
    for (const [call, method, path, body] of tries) {
      const { status, text } = await call(method, path, body);
      expect([400, 401, 404, 409, 410, 422], `${path}: ${text}`).toContain(status);
    }
  });

  test('nothing is there to be opened', async () => {
    for (const table of ['secret_version', 'signin_totp', 'signin_password', 'session_event', 'subject_key'])
      expect(await empty.db.many(sql`select 1 from ${sql.id(table)}`)).toEqual([]);
    const officer = await empty.person('mallory', {}, ['security_officer']);
    const listed = must<{ items: unknown[] }>(await officer.call('GET', '/v1/vault/secrets'));
    expect(listed.items).toEqual([]);
  });
});
