import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openKv } from '#guard/vault/kv/index.ts';
import { sql } from '#kit/db/index.ts';
import { silentLog } from '#kit/log/index.ts';
import { makeSshKey } from '#lab/index.ts';
import { createAuthenticator, proveTokens } from '#platform/signin/index.ts';
import { serveHttp } from '#surfaces/http/index.ts';
import { mountKv } from '#surfaces/kv/index.ts';
import { logOnSmallDisk } from '../../harness/full-log-disk.ts';
import { openAccount } from '../../harness/open-account.ts';
import { callWith, peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

/** What a refusal must not tell. */
const VALUE = 'kept-in-the-folder';
const ROLE = `unwritable_${process.pid}`;

let house: PeopledHouse;
let kv: { readonly url: string; stop(): Promise<void> };
let admin: Client;
let boss: Caller;
let officer: Caller;
let lena: Caller;
/** A program that may read and write below the folder. */
let program: Caller['call'];
let template: string;
let lease: string;
let kit: string;
let secretId: string;
let accountId: string;
/** Of another account: it waits for a worker. */
let rotation: string;
let publicKey: string;

beforeAll(async () => {
  const { adminUrl } = inject('reeveTestServer');
  house = await peopledHouse();
  // What follows is run by the test itself, so that it runs while the log cannot be written.
  await house.settle();
  await house.idle();
  const url = new URL(adminUrl);
  url.pathname = new URL(house.databaseUrl).pathname;
  admin = new Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`create role ${ROLE} login superuser password 'before'`);
  boss = await house.person('boss', {}, ['administrator']);
  officer = await house.person('joaquin', {}, ['security_officer']);
  lena = await house.person('lena');
  await withFolder();
  await withDatabase(url);
  await withCertificates();
  secretId = must<{ id: string }>(
    await officer.call('POST', '/v1/vault/secrets', { name: 'team/key', kind: 'password', value: VALUE }),
  ).id;
  kit = must<{ id: string }>(await makeKit('the kit')).id;
});
afterAll(async () => {
  await kv?.stop();
  await admin?.query(`drop role if exists ${ROLE}`);
  await admin?.end();
  await house?.close();
});

async function withFolder(): Promise<void> {
  const folder = must<{ readEntitlementId: string; writeEntitlementId: string }>(
    await officer.call('POST', '/v1/vault/folders', { path: 'team/app', description: 'What the app needs' }),
  );
  for (const entitlementId of [folder.readEntitlementId, folder.writeEntitlementId]) await give(entitlementId);
  const token = must<{ token: string }>(
    await lena.call('POST', '/v1/tokens', {
      name: 'program',
      scopes: ['*'],
      endsAt: new Date(house.clock.now().getTime() + 86_400_000).toISOString(),
    }),
  );
  const authenticate = createAuthenticator(house.db, house.clock);
  kv = await serveHttp({
    registry: house.registry,
    operator: house.operator,
    log: silentLog,
    authenticate,
    host: '127.0.0.1',
    port: 0,
    publicUrl: 'http://localhost',
    ready: () => Promise.resolve(true),
    mount: mountKv({ kv: openKv({ ...house, proveTokens }), log: silentLog, authenticate }),
  });
  program = callWith(kv.url, { 'x-vault-token': token.token });
  must(await program('POST', '/v1/secret/data/team/app/db', { data: { password: VALUE } }));
}

const give = async (entitlementId: string): Promise<void> => {
  must(await boss.call('POST', '/v1/grants', { identity: 'lena', entitlementId, because: 'test' }));
};

/** A database that is a target: an account of it is to rotate, and one of its leases waits to be taken. */
async function withDatabase(url: URL): Promise<void> {
  const system = must<{ id: string }>(
    await boss.call('POST', '/v1/systems', {
      name: 'shop',
      kind: 'postgres',
      host: '127.0.0.1',
      port: Number(url.port),
      settings: {},
      pinned: ['tls:none'],
      username: ROLE,
      secret: { kind: 'password', value: 'before' },
    }),
  ).id;
  const made = must<{ id: string; entitlementId: string }>(
    await boss.call('POST', '/v1/lease-templates', {
      name: 'shop-reporting',
      systemId: system,
      entitlements: ['role:reporting'],
      prefix: 'rvl_',
      defaultSeconds: 300,
      longestSeconds: 600,
    }),
  );
  template = made.id;
  await give(made.entitlementId);
  lease = must<{ id: string }>(await askLease()).id;
  await house.db.run(sql`update lease set state = 'live', made_at = asked_at where id = ${lease}`);
  const account = async (name: string): Promise<string> =>
    (
      await house.db.one<{ id: string }>(sql`
        insert into account (id, system_id, native_id, name, valid_from)
        values (gen_random_uuid(), ${system}, ${name}, ${name}, now()) returning id`)
    ).id;
  const rotating = await account(ROLE);
  accountId = await account('another');
  must(await boss.call('POST', `/v1/accounts/${rotating}/rotate`, { because: 'test' }));
  rotation = (await house.db.one<{ id: string }>(sql`select id from rotation where account_id = ${rotating}`)).id;
}

async function withCertificates(): Promise<void> {
  publicKey = (await makeSshKey('lena@laptop')).publicKey;
  const { systemId } = await openAccount(house, {
    system: 'web1',
    host: '127.0.0.1',
    port: 22,
    hostKeyFingerprint: 'SHA256:none',
    account: 'lena',
    privateKey: 'a key nobody uses here',
    holder: lena.id,
  });
  const authority = must<{ id: string }>(await officer.call('POST', '/v1/ssh-ca/rotate', { purpose: 'user' }));
  await house.db.run(sql`
    insert into ssh_trust (system_id, scope, state, asked_at, set_up_at, trusts)
    values (${systemId}, 'web1', 'set_up', now(), now(), array[${authority.id}]::uuid[])`);
}

const askLease = (): Promise<Answer> => lena.call('POST', '/v1/leases', { templateId: template, reason: 'a report' });
const makeKit = (name: string): Promise<Answer> =>
  officer.call('POST', '/v1/vault/kits', {
    name,
    secretIds: [secretId],
    holderIds: [boss.id, lena.id],
    threshold: 2,
    drillEveryDays: 90,
  });

/** Each way by which something leaves the vault or changes for it. */
const WAYS: Readonly<Record<string, () => Promise<Answer>>> = {
  'a value fetched by a program': () => program('GET', '/v1/secret/data/team/app/db'),
  'a value written by a program': () => program('POST', '/v1/secret/data/team/app/db', { data: { password: 'other' } }),
  'a value destroyed by a program': () => program('POST', '/v1/secret/destroy/team/app/db', { versions: [1] }),
  'a lease': askLease,
  'the password of a lease': () => lena.call('POST', `/v1/leases/${lease}/credential`),
  'a certificate': () => lena.call('POST', '/v1/ssh-certificates', { system: 'web1', publicKey }),
  'the next key of the authority': () => officer.call('POST', '/v1/ssh-ca/rotate', { purpose: 'user' }),
  'a rotation': () => boss.call('POST', `/v1/accounts/${accountId}/rotate`, { because: 'test' }),
  'a kit': () => makeKit('another kit'),
  'the envelope of a kit': () => officer.call('POST', `/v1/vault/kits/${kit}/envelope`),
  'a share of a kit': () => lena.call('POST', `/v1/vault/kits/${kit}/share`),
};

/** Everything a way may have changed, in the database and on the target. */
async function state(): Promise<unknown> {
  const rows: Record<string, unknown> = {};
  for (const table of [
    'secret',
    'secret_version',
    'lease',
    'ssh_authority',
    'ssh_certificate',
    'rotation',
    'rotation_run',
    'break_glass_kit',
    'break_glass_kit_secret',
    'break_glass_share',
    'audit_event',
  ])
    rows[table] = // That it was tried, and what was in the way, is told of a rotation all the same.
      (
        await admin.query(`
        select md5(string_agg(r::text, ',' order by r::text)) as all
          from (select to_jsonb(t) - 'tries' - 'problem' as r from ${table} t) as x`)
      ).rows;
  return { rows, ...(await admin.query(`select rolpassword from pg_authid where rolname = '${ROLE}'`)).rows[0] };
}

/** Takes the rotation that waits as far as it will go, as the worker does. */
const workOnRotation = (): Promise<unknown> =>
  Promise.resolve(house.tasks['rotation.run']?.({ rotationId: rotation }, undefined as never));

async function refusedWhile(how: { break(): Promise<unknown>; mend(): Promise<unknown> }): Promise<void> {
  const before = await state();
  await how.break();
  const came: [string, Answer][] = [];
  let worked: unknown;
  try {
    for (const [what, way] of Object.entries(WAYS)) came.push([what, await way()]);
    worked = await workOnRotation().then(
      () => 'it went on',
      (error: unknown) => String(error),
    );
  } finally {
    await how.mend();
  }
  for (const [what, answer] of came) {
    expect(answer.status, `${what}: ${answer.text}`).toBe(503);
    expect(answer.text, what).toMatch(/database|audit log/);
    expect(answer.text, what).not.toMatch(new RegExp(`${VALUE}|ssh-ed25519-cert|BEGIN|"password"`));
  }
  expect(worked).toMatch(/database|audit log/);
  expect(await state()).toEqual(before);
}

test('nothing leaves the vault and nothing changes by any way while the log refuses every row', async () => {
  await refusedWhile({
    break: () => admin.query('alter table audit_event add constraint nothing_goes_in check (false) not valid'),
    mend: () => admin.query('alter table audit_event drop constraint nothing_goes_in'),
  });
});

test('nor while its disk is full', async (ctx) => {
  const disk = await logOnSmallDisk(admin);
  if (typeof disk === 'string') return ctx.skip(`no small disk: ${disk}`);
  try {
    await refusedWhile({ break: () => disk.fill(), mend: () => disk.free() });
  } finally {
    await disk.remove();
  }
});

test('and once it is written again, each goes through', async () => {
  await workOnRotation();
  expect(await house.db.one(sql`select state from rotation where id = ${rotation}`)).toEqual({ state: 'done' });
  for (const [what, way] of Object.entries(WAYS)) {
    const answer = await way();
    expect(answer.status, `${what}: ${answer.text}`).toBeLessThan(300);
  }
});
