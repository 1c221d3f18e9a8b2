import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { until } from '#kit/testing/index.ts';
import { proveAfresh } from '../../harness/fresh-proof.ts';
import { peopledHouse, type Answer, type Caller, type PeopledHouse } from '../../harness/peopled-house.ts';
import { must } from '../one-of-each.ts';

let house: PeopledHouse;
let boss: Caller;
let officer: Caller;
let holders: Caller[];

beforeAll(async () => {
  house = await peopledHouse();
  boss = await house.person('boss', {}, ['administrator']);
  officer = await house.person('joaquin', {}, ['security_officer']);
  holders = await Promise.all(['ada', 'ben'].map((name) => house.person(name)));
});
afterAll(() => house?.close());

const prove = (who: Caller, action: string): Promise<void> => proveAfresh(house, who, { action, resourceId: 'reeve' });
const wants = (answer: Answer, action: string): void =>
  expect([answer.status, answer.body['code'], answer.body['step_up']], answer.text).toEqual([
    401,
    'step_up.required',
    { action, resource_id: 'reeve' },
  ]);
/** Every root key there is or was begun with, in the database and as files. */
const rootKeys = async (): Promise<unknown> => [
  await house.db.many(sql`select ring, id, state from root_key order by id`),
  readdirSync(dirname(house.places.rootKeyFile)).toSorted(),
];
const rekey = (who: Caller, input: object = { place: 'file' }): Promise<Answer> =>
  who.call('POST', '/v1/vault/rekey', input);

test('a stolen sign-in changes no root key: not without a proof, nor with one for something else or by another sign-in', async () => {
  const before = await rootKeys();
  wants(await rekey(boss), 'vault_key.change');
  await prove(boss, 'vault_key.unseal');
  wants(await rekey(boss), 'vault_key.change');
  await prove(await house.signIn(boss.id, boss.username), 'vault_key.change');
  wants(await rekey(boss), 'vault_key.change');
  expect(await rootKeys()).toEqual(before);
  const { n } = await house.db.one<{ n: number }>(
    sql`select count(*)::int as n from audit_event where type = 'operation.refused' and data ->> 'code' = 'step_up.required'`,
  );
  expect(n).toBe(3);
});

test('a mistake in the call leaves the proof; it is used up by the change, and the next wants another', async () => {
  await prove(boss, 'vault_key.change');
  const two = holders.map(({ id }) => id);
  expect((await rekey(boss, { place: 'shamir', holders: two, threshold: 3 })).status).toBe(422);
  must(await rekey(boss, { place: 'shamir', holders: two, threshold: 2 }));
  wants(await boss.call('POST', '/v1/vault/rekey/cancel'), 'vault_key.change');
});

test('nobody is handed a share, nor brings one, without a proof', async () => {
  const shares: string[] = [];
  for (const holder of holders) {
    wants(await holder.call('POST', '/v1/vault/shares/take'), 'vault_key.take_share');
    await prove(holder, 'vault_key.take_share');
    shares.push(must<{ share: string }>(await holder.call('POST', '/v1/vault/shares/take')).share);
  }
  // Who seals has somebody in already, and waits for nothing.
  must(await officer.call('POST', '/v1/vault/seal', { because: 'a laptop is missing' }));
  for (const [i, holder] of holders.entries()) {
    const enter = (): Promise<Answer> => holder.call('POST', '/v1/vault/shares/enter', { share: shares[i] });
    wants(await enter(), 'vault_key.enter_share');
    expect(must(await officer.call('GET', '/v1/vault/seal'))).toMatchObject({ sharesEntered: i });
    await prove(holder, 'vault_key.enter_share');
    must(await enter());
  }
});

test('a vault whose root key asks nobody is unsealed on a proof only', async () => {
  // The keys move to the one that was chosen before: if its job came while the vault was sealed, with the next minute's.
  await until(
    async () =>
      (await house.tasks['keys.move_data_keys']?.({}, undefined as never)) === undefined &&
      (await house.db.maybe(sql`select 1 from ring_key where state in ('prepared', 'announced') limit 1`)) ===
        undefined,
    { timeoutMs: 60_000, what: 'the keys to have moved' },
  );
  await prove(boss, 'vault_key.change');
  must(await rekey(boss));
  must(await officer.call('POST', '/v1/vault/seal', { because: 'a laptop is missing' }));
  wants(await officer.call('POST', '/v1/vault/unseal'), 'vault_key.unseal');
  expect(must(await officer.call('GET', '/v1/vault/seal'))).toMatchObject({ state: 'sealed' });
  await prove(officer, 'vault_key.unseal');
  must(await officer.call('POST', '/v1/vault/unseal'));
});
