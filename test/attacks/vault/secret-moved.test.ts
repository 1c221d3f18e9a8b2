import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql, type Sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { must } from '../one-of-each.ts';
import { sealedWorld, type SealedWorld } from './sealed-world.ts';

let world: SealedWorld;
beforeAll(async () => {
  world = await sealedWorld();
});
afterAll(() => world?.house.close());

describe('a secret', () => {
  const version = (n: number, set: Sql): Sql =>
    sql`update secret_version set ${set} where secret_id = ${world.vault.a} and version = ${n}`;
  const secret = (id: string | undefined, set: Sql): Sql => sql`update secret set ${set} where id = ${id ?? null}`;
  const previous = sql`state = 'previous'`;
  const current = sql`state = 'current'`;

  test('opens in its newest version', async () => {
    expect((await world.checkOut()).body['value']).toBe('two of a');
  });

  const putBack: Readonly<Record<string, readonly [() => readonly Sql[], () => readonly Sql[]]>> = {
    'an old version written to be the current one': [
      () => [version(2, previous), version(1, current)],
      () => [version(1, previous), version(2, current)],
    ],
    'the old ciphertext under the number of the new one': [
      () => [
        sql`create table kept as select * from secret_version where secret_id = ${world.vault.a}`,
        sql`update secret_version v set sealed = o.sealed, wrapped_key = o.wrapped_key from secret_version o
            where v.secret_id = ${world.vault.a} and v.version = 2 and o.secret_id = v.secret_id and o.version = 1`,
      ],
      () => [
        sql`update secret_version v set sealed = k.sealed, wrapped_key = k.wrapped_key from kept k
            where v.secret_id = k.secret_id and v.version = k.version`,
        sql`drop table kept`,
      ],
    ],
    'the old version renumbered': [
      () => [
        sql`delete from secret_checkout where secret_id = ${world.vault.a}`,
        version(2, sql`version = 9, ${previous}`),
        version(1, sql`version = 2, ${current}`),
      ],
      () => [version(2, sql`version = 1, ${previous}`), version(9, sql`version = 2, ${current}`)],
    ],
    'another name to log in with': [
      () => [version(2, sql`username = 'admin'`)],
      () => [version(2, sql`username = 'root'`)],
    ],
    'another kind': [
      () => [secret(world.vault.a, sql`kind = 'api_key'`)],
      () => [secret(world.vault.a, sql`kind = 'password'`)],
    ],
    'another system': [
      () => [secret(world.vault.a, sql`system_id = ${world.accounts.a.systemId}`)],
      () => [secret(world.vault.a, sql`system_id = null`)],
    ],
  };
  test.each(Object.entries(putBack))('does not open with %s', async (_what, [change, undo]) => {
    const answer = await world.changed(change(), undo(), () => world.checkOut());
    expect([answer.status, answer.body['code']]).toEqual([500, 'crypto.does_not_open']);
    expect((await world.checkOut()).body['value']).toBe('two of a');
  });

  test('that Reeve connects with is not shown to somebody who writes that it is theirs', async () => {
    const id = world.accounts.a.secretId;
    const answer = await world.changed(
      [secret(id, sql`purpose = 'free', account_id = null, owner_id = ${world.officer.id}`)],
      [secret(id, sql`purpose = 'account', account_id = ${world.accounts.a.accountId}, owner_id = null`)],
      () => world.officer.call('POST', `/v1/vault/secrets/${id}/checkout`, { reason: 'mine now' }),
    );
    expect(answer.body['code']).toBe('crypto.does_not_open');
  });

  test('of one account is not used for another', async () => {
    const [a, b] = [world.accounts.a, world.accounts.b];
    const refused = await world.changed(
      [secret(a.secretId, sql`removed_at = now()`), secret(b.secretId, sql`account_id = ${a.accountId}`)],
      [secret(b.secretId, sql`account_id = ${b.accountId}`), secret(a.secretId, sql`removed_at = null`)],
      () => world.session('lena').catch((error: Error) => error.message),
    );
    expect(refused).toMatch(/belongs to another system|does not open/);
  });

  test('of one account is not sent to where somebody moved the account', async () => {
    const [a, b] = [world.accounts.a, world.accounts.b];
    const system = (id: string | undefined): Sql => sql`update account set system_id = ${id} where id = ${a.accountId}`;
    const rename = (from: string, to: string): Sql => sql`update account set name = ${to}, native_id = ${to}
      where name = ${from} and system_id = ${b.systemId}`;
    const refused = await world.changed(
      [
        rename('ines', 'ines-away'),
        system(b.systemId),
        sql`update account set identity_id = ${world.people.b.caller.id}, name = 'ines' where id = ${a.accountId}`,
      ],
      [
        sql`update account set identity_id = ${world.people.a.caller.id}, name = 'lena' where id = ${a.accountId}`,
        system(a.systemId),
        rename('ines-away', 'ines'),
      ],
      () => world.session('ines').catch((error: Error) => error.message),
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
    const boss = await world.house.person('boss', {}, ['administrator']);
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
    await world.house.db.run(sql`
      update system e set credential_secret_id = g.credential_secret_id from system g
      where e.id = ${evil} and g.id = ${good}`);
    must(await boss.call('POST', `/v1/systems/${evil}/read`));
    const problem = await until(
      async () =>
        (
          await world.house.db.maybe<{ problem: string }>(
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
  const [lena, ines] = [world.people.a, world.people.b];
  const copy = sql`update signin_password l set hash = i.hash from signin_password i
    where l.identity_id = ${world.people.a.caller.id} and i.identity_id = ${world.people.b.caller.id}`;
  const kept = await world.house.db.one<{ hash: string }>(
    sql`select hash from signin_password where identity_id = ${world.people.a.caller.id}`,
  );
  const tries = await world.changed(
    [copy],
    [sql`update signin_password set hash = ${kept.hash} where identity_id = ${world.people.a.caller.id}`],
    async () => {
      const statuses: number[] = [];
      for (const password of [ines?.password, lena.password]) {
        world.house.clock.advance(31_000);
        const answer = await world.house.stranger.call('POST', '/v1/signin/password', {
          username: 'lena',
          password,
          code: world.code(lena.secret ?? ''),
        });
        statuses.push(answer.status);
      }
      return statuses;
    },
  );
  expect(tries).toEqual([401, 401]);
  expect((await world.signIn()).status).toBe(200);
});
