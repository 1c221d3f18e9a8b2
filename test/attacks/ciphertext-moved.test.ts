import { createServer, type AddressInfo } from 'node:net';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatewayPorts } from '#guard/sessions/index.ts';
import { sql, type Sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { makeEnrolmentLink } from '#platform/signin/index.ts';
import { openAccount, type OpenAccount } from '../harness/open-account.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../harness/peopled-house.ts';
import { changeTables } from './search/change-log.ts';
import { must } from './one-of-each.ts';

let house: PeopledHouse;
let officer: Caller;
const people = new Map<string, { readonly caller: Caller; readonly password: string; readonly secret: string }>();
const vault = { a: '', b: '' };
const sessions = { a: '', b: '' };
const events = { a: '', b: '' };
const accounts: { a?: OpenAccount; b?: OpenAccount } = {};

const code = (secret: string): string =>
  new TOTP({ secret, period: 30, digits: 6 }).generate({ timestamp: house.clock.now().getTime() });

const idOf = (username: string): string => people.get(username)?.caller.id ?? '';

/** Somebody with a password and a one-time code app. */
async function enrolled(username: string): Promise<void> {
  const caller = await house.person(username);
  const token = await house
    .as('boot')
    .act({ action: 'enrolment.create' }, (ctx, permit) =>
      makeEnrolmentLink(ctx, permit, { purpose: 'enrol', identityId: caller.id, hours: 1 }),
    );
  const begun = must<{ totpUri: string }>(await house.stranger.call('POST', '/v1/enrolment/begin', { token }));
  const secret = /secret=([A-Z2-7]+)/.exec(begun.totpUri)?.[1] ?? '';
  const password = `a long password of ${username}`;
  must(
    await house.stranger.call('POST', '/v1/enrolment/finish', { token, password: { password, code: code(secret) } }),
  );
  people.set(username, { caller, password, secret });
}

async function sessionOf(username: string, account: OpenAccount): Promise<string> {
  const admission = await gatewayPorts(house.edges).admit({
    identityId: people.get(username)?.caller.id ?? '',
    account: username,
    system: `host-${username}`,
    protocol: 'ssh',
    clientAddress: '127.0.0.1',
    clientVersion: 'test',
  });
  if (!admission.admitted) throw new Error(`${account.systemId}: ${admission.message}`);
  admission.ticket.event({ atMs: 1, type: 'exec', detail: `mysql -p${username}-password` });
  await admission.ticket.ended({ reason: 'the person left', bytesIn: 0, bytesOut: 0 });
  return admission.ticket.sessionId;
}

beforeAll(async () => {
  house = await peopledHouse();
  officer = await house.person('joaquin', {}, ['security_officer']);
  for (const username of ['lena', 'ines']) await enrolled(username);
  for (const [at, name] of [
    ['a', 'team/a'],
    ['b', 'team/b'],
  ] as const)
    vault[at] = must<{ id: string }>(
      await officer.call('POST', '/v1/vault/secrets', {
        name,
        kind: 'password',
        username: 'root',
        value: `one of ${at}`,
      }),
    ).id;
  must(await officer.call('POST', `/v1/vault/secrets/${vault.a}/versions`, { username: 'root', value: 'two of a' }));
  for (const [at, username] of [
    ['a', 'lena'],
    ['b', 'ines'],
  ] as const) {
    accounts[at] = await openAccount(house, {
      system: `host-${username}`,
      host: '127.0.0.1',
      port: 22,
      hostKeyFingerprint: 'SHA256:none',
      account: username,
      privateKey: `the key of ${username}`,
      holder: people.get(username)?.caller.id ?? '',
    });
    sessions[at] = await sessionOf(username, accounts[at]);
  }
  // Two events of the same person from two places: the same key, the same field.
  const create = house.registry.operations.get('tokens.create');
  if (create === undefined) throw new Error('no operation tokens.create');
  for (const [at, address] of [
    ['a', '192.0.2.1'],
    ['b', '192.0.2.2'],
  ] as const) {
    const endsAt = new Date(house.clock.now().getTime() + 86_400_000).toISOString();
    const { eventIds } = await house.operator.perform(
      create,
      { name: at, scopes: ['read'], endsAt },
      { principal: { kind: 'identity', id: idOf('lena') }, origin: { via: 'console', address }, trace: `trace-${at}` },
    );
    events[at] = eventIds[0] ?? '';
  }
}, 90_000);
afterAll(() => house?.close());

/** A column whose values are sealed, two of its rows, and the way Reeve opens the first. */
interface Sealed {
  readonly table: string;
  readonly column: string;
  readonly rows: () => { readonly a: Sql; readonly b: Sql };
  /** What is moved and cut: bytes in the column itself, or base64 in one of its members. */
  readonly member?: string;
  /** Opens row a through the product. */
  readonly opens: () => Promise<Answer>;
  readonly refusal: string;
}

const checkOut = async (): Promise<Answer> => {
  const answer = await officer.call('POST', `/v1/vault/secrets/${vault.a}/checkout`, { reason: 'looking' });
  if (answer.status === 200)
    await officer.call('POST', `/v1/vault/checkouts/${String(answer.body['checkoutId'])}/checkin`);
  return answer;
};
const signIn = async (): Promise<Answer> => {
  house.clock.advance(31_000);
  const lena = people.get('lena');
  return await house.stranger.call('POST', '/v1/signin/password', {
    username: 'lena',
    password: lena?.password,
    code: code(lena?.secret ?? ''),
  });
};
const SEALED: readonly Sealed[] = [
  ...(['sealed', 'wrapped_key'] as const).map((column) => ({
    table: 'secret_version',
    column,
    rows: () => ({
      a: sql`secret_id = ${vault.a} and version = 2`,
      b: sql`secret_id = ${vault.b} and version = 1`,
    }),
    opens: checkOut,
    refusal: 'crypto.does_not_open',
  })),
  {
    table: 'signin_totp',
    column: 'sealed_secret',
    rows: () => ({ a: sql`identity_id = ${idOf('lena')}`, b: sql`identity_id = ${idOf('ines')}` }),
    opens: signIn,
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'session_event',
    column: 'sealed_detail',
    rows: () => ({ a: sql`session_id = ${sessions.a}`, b: sql`session_id = ${sessions.b}` }),
    opens: () => officer.call('GET', `/v1/sessions/${sessions.a}`),
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'subject_key',
    column: 'wrapped',
    rows: () => ({ a: sql`subject_id = ${idOf('lena')}`, b: sql`subject_id = ${idOf('ines')}` }),
    opens: () => officer.call('GET', `/v1/audit/events/${events.a}/opened`),
    refusal: 'crypto.does_not_open',
  },
  {
    table: 'audit_event',
    column: 'sealed',
    member: '@address',
    rows: () => ({ a: sql`id = ${events.a}`, b: sql`id = ${events.b}` }),
    opens: () => officer.call('GET', `/v1/audit/events/${events.a}/opened`),
    refusal: 'integrity.audit_log',
  },
];

/** Digests, hashes of random tokens and public keys: nothing in them opens. */
const NOT_SEALED = [
  'answered_call.input_hash',
  'api_token.token_hash',
  'audit_checkpoint.edge',
  'audit_checkpoint.root',
  'audit_event.leaf',
  'audit_event.stamp',
  'audit_leaf.hash',
  'audit_node.hash',
  'device_login.device_hash',
  'enrolment_link.token_hash',
  'feed_change.digest',
  'feed_run.content_digest',
  'passkey.public_key',
  'signin.token_hash',
  'source_record.digest',
];

test('every column of bytes in the schema is one of the sealed below or holds nothing that opens', async () => {
  const columns = await house.db.many<{ name: string }>(sql`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and data_type = 'bytea' order by 1`);
  const sealed = SEALED.filter((s) => s.member === undefined).map((s) => `${s.table}.${s.column}`);
  expect(columns.map((c) => c.name)).toEqual([...sealed, ...NOT_SEALED].toSorted());
});

const read = async (sealed: Sealed, row: Sql): Promise<Buffer> => {
  const { member, table, column } = sealed;
  const value = (
    await house.db.one<{ value: unknown }>(
      sql`select ${sql.id(column)}${member === undefined ? sql`` : sql` -> ${member}`} as value from ${sql.id(table)} where ${row}`,
    )
  ).value;
  return member === undefined ? (value as Buffer) : Buffer.from(String(value), 'base64');
};
const write = (sealed: Sealed, row: Sql, value: Buffer): Promise<void> => {
  const { member, table, column } = sealed;
  const to =
    member === undefined
      ? sql`${value}`
      : sql`${sql.id(column)} || ${sql.json({ [member]: value.toString('base64') })}`;
  return changeTables(house.db, [table], (tx) =>
    tx.run(sql`update ${sql.id(table)} set ${sql.id(column)} = ${to} where ${row}`),
  );
};

const flipped = (value: Buffer, at: number): Buffer => {
  const changed = Buffer.from(value);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};
/** Layout: version 1 · key id 8 · nonce 12 · tag 16 · ciphertext. */
const CHANGES: Readonly<Record<string, (a: Buffer, b: Buffer) => Buffer>> = {
  'the value of another row': (_a, b) => b,
  'the last byte cut off': (a) => a.subarray(0, -1),
  'its tag cut short': (a) => Buffer.concat([a.subarray(0, 21), a.subarray(29)]),
  'nothing but its head': (a) => a.subarray(0, 37),
  'a byte added': (a) => Buffer.concat([a, Buffer.of(0)]),
  'one bit of the version': (a) => flipped(a, 0),
  'one bit of the key id': (a) => flipped(a, 3),
  'one bit of the nonce': (a) => flipped(a, 12),
  'one bit of the tag': (a) => flipped(a, 25),
  'one bit of the ciphertext': (a) => flipped(a, a.length - 1),
  'the nonce and tag of another row': (a, b) => Buffer.concat([a.subarray(0, 9), b.subarray(9, 37), a.subarray(37)]),
};

const refusals = async (code: string): Promise<number> =>
  (
    await house.db.one<{ n: number }>(
      sql`select count(*) as n from audit_event where type = 'operation.refused' and data->>'code' = ${code}`,
    )
  ).n;

describe.each(SEALED.map((sealed) => [`${sealed.table}.${sealed.column}`, sealed] as const))('%s', (_name, sealed) => {
  test('opens as Reeve wrote it', async () => {
    expect((await sealed.opens()).status).toBe(200);
  });

  test.each(Object.entries(CHANGES))('does not open, and the log tells so: %s', async (_what, change) => {
    const { a, b } = sealed.rows();
    const [mine, other] = [await read(sealed, a), await read(sealed, b)];
    const before = await refusals(sealed.refusal);
    await write(sealed, a, change(mine, other));
    try {
      const answer = await sealed.opens();
      expect(answer.status).toBe(500);
      expect(answer.body['code']).toBe(sealed.refusal);
      expect(answer.body['fix']).toEqual(expect.any(String));
      expect(answer.text).not.toContain(mine.toString('base64'));
      expect(await refusals(sealed.refusal)).toBe(before + 1);
    } finally {
      await write(sealed, a, mine);
    }
    expect((await sealed.opens()).status).toBe(200);
  });
});

/** Does this by SQL, looks, and undoes it. */
async function changed<T>(change: readonly Sql[], undo: readonly Sql[], look: () => Promise<T>): Promise<T> {
  for (const statement of change) await house.db.run(statement);
  try {
    return await look();
  } finally {
    for (const statement of undo) await house.db.run(statement);
  }
}

describe('a secret', () => {
  const version = (n: number, set: Sql): Sql =>
    sql`update secret_version set ${set} where secret_id = ${vault.a} and version = ${n}`;
  const secret = (id: string | undefined, set: Sql): Sql => sql`update secret set ${set} where id = ${id ?? null}`;
  const previous = sql`state = 'previous'`;
  const current = sql`state = 'current'`;

  test('opens in its newest version', async () => {
    expect((await checkOut()).body['value']).toBe('two of a');
  });

  const putBack: Readonly<Record<string, readonly [() => readonly Sql[], () => readonly Sql[]]>> = {
    'an old version written to be the current one': [
      () => [version(2, previous), version(1, current)],
      () => [version(1, previous), version(2, current)],
    ],
    'the old ciphertext under the number of the new one': [
      () => [
        sql`create table kept as select * from secret_version where secret_id = ${vault.a}`,
        sql`update secret_version v set sealed = o.sealed, wrapped_key = o.wrapped_key from secret_version o
            where v.secret_id = ${vault.a} and v.version = 2 and o.secret_id = v.secret_id and o.version = 1`,
      ],
      () => [
        sql`update secret_version v set sealed = k.sealed, wrapped_key = k.wrapped_key from kept k
            where v.secret_id = k.secret_id and v.version = k.version`,
        sql`drop table kept`,
      ],
    ],
    'the old version renumbered': [
      () => [
        sql`delete from secret_checkout where secret_id = ${vault.a}`,
        version(2, sql`version = 9, ${previous}`),
        version(1, sql`version = 2, ${current}`),
      ],
      () => [version(2, sql`version = 1, ${previous}`), version(9, sql`version = 2, ${current}`)],
    ],
    'another name to log in with': [
      () => [version(2, sql`username = 'admin'`)],
      () => [version(2, sql`username = 'root'`)],
    ],
    'another kind': [() => [secret(vault.a, sql`kind = 'api_key'`)], () => [secret(vault.a, sql`kind = 'password'`)]],
    'another system': [
      () => [secret(vault.a, sql`system_id = ${accounts.a?.systemId}`)],
      () => [secret(vault.a, sql`system_id = null`)],
    ],
  };
  test.each(Object.entries(putBack))('does not open with %s', async (_what, [change, undo]) => {
    const answer = await changed(change(), undo(), checkOut);
    expect([answer.status, answer.body['code']]).toEqual([500, 'crypto.does_not_open']);
    expect((await checkOut()).body['value']).toBe('two of a');
  });

  test('that Reeve connects with is not shown to somebody who writes that it is theirs', async () => {
    const id = accounts.a?.secretId;
    const answer = await changed(
      [secret(id, sql`purpose = 'free', account_id = null, owner_id = ${officer.id}`)],
      [secret(id, sql`purpose = 'account', account_id = ${accounts.a?.accountId}, owner_id = null`)],
      () => officer.call('POST', `/v1/vault/secrets/${id}/checkout`, { reason: 'mine now' }),
    );
    expect(answer.body['code']).toBe('crypto.does_not_open');
  });

  test('of one account is not used for another', async () => {
    const [a, b] = [accounts.a, accounts.b];
    const refused = await changed(
      [secret(a?.secretId, sql`removed_at = now()`), secret(b?.secretId, sql`account_id = ${a?.accountId}`)],
      [secret(b?.secretId, sql`account_id = ${b?.accountId}`), secret(a?.secretId, sql`removed_at = null`)],
      () => sessionOf('lena', a as OpenAccount).catch((error: Error) => error.message),
    );
    expect(refused).toMatch(/belongs to another system|does not open/);
  });

  test('of one account is not sent to where somebody moved the account', async () => {
    const [a, b] = [accounts.a, accounts.b];
    const system = (id: string | undefined): Sql =>
      sql`update account set system_id = ${id} where id = ${a?.accountId}`;
    const rename = (from: string, to: string): Sql => sql`update account set name = ${to}, native_id = ${to}
      where name = ${from} and system_id = ${b?.systemId}`;
    const refused = await changed(
      [
        rename('ines', 'ines-away'),
        system(b?.systemId),
        sql`update account set identity_id = ${idOf('ines')}, name = 'ines' where id = ${a?.accountId}`,
      ],
      [
        sql`update account set identity_id = ${idOf('lena')}, name = 'lena' where id = ${a?.accountId}`,
        system(a?.systemId),
        rename('ines-away', 'ines'),
      ],
      () => sessionOf('ines', b as OpenAccount).catch((error: Error) => error.message),
    );
    expect(refused).toMatch(/belongs to another system/);
  });

  test('that one system is reached with is not sent to another', async () => {
    let heard = 0;
    const stranger = createServer((socket) => {
      heard += 1;
      socket.destroy();
    });
    await new Promise<void>((done) => stranger.listen(0, '127.0.0.1', done));
    const boss = await house.person('boss', {}, ['administrator']);
    const connect = async (name: string, port: number): Promise<string> =>
      must<{ id: string }>(
        await boss.call('POST', '/v1/systems', {
          name,
          kind: 'postgres',
          host: '127.0.0.1',
          port,
          pinned: ['tls:none'],
          username: 'postgres',
          secret: { kind: 'password', value: `the password of ${name}` },
        }),
      ).id;
    const good = await connect('orders', 1);
    const evil = await connect('evil', (stranger.address() as AddressInfo).port);
    await house.db.run(sql`
      update system e set credential_secret_id = g.credential_secret_id from system g
      where e.id = ${evil} and g.id = ${good}`);
    must(await boss.call('POST', `/v1/systems/${evil}/read`));
    const problem = await until(
      async () =>
        (
          await house.db.maybe<{ problem: string }>(
            sql`select problem from discovery_run where system_id = ${evil} and problem is not null`,
          )
        )?.problem,
      { timeoutMs: 20_000, what: 'the reading to fail' },
    );
    stranger.close();
    expect(problem).toMatch(/belongs to another system/);
    expect(heard).toBe(0);
  });
});

test('a password moved to another person signs nobody in', async () => {
  const [lena, ines] = [people.get('lena'), people.get('ines')];
  const copy = sql`update signin_password l set hash = i.hash from signin_password i
    where l.identity_id = ${idOf('lena')} and i.identity_id = ${idOf('ines')}`;
  const kept = await house.db.one<{ hash: string }>(
    sql`select hash from signin_password where identity_id = ${idOf('lena')}`,
  );
  const tries = await changed(
    [copy],
    [sql`update signin_password set hash = ${kept.hash} where identity_id = ${idOf('lena')}`],
    async () => {
      const statuses: number[] = [];
      for (const password of [ines?.password, lena?.password]) {
        house.clock.advance(31_000);
        const answer = await house.stranger.call('POST', '/v1/signin/password', {
          username: 'lena',
          password,
          code: code(lena?.secret ?? ''),
        });
        statuses.push(answer.status);
      }
      return statuses;
    },
  );
  expect(tries).toEqual([401, 401]);
  expect((await signIn()).status).toBe(200);
});
