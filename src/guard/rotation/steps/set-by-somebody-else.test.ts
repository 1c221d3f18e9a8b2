import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresConnector } from '#connectors/postgres/index.ts';
import type { Connector, Target, Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { planRotation } from '../plan-rotation.ts';
import { runRotation } from '../run-rotation.ts';
import { rotatedHouse, type RotatedHouse } from '../testing/rotated-house.ts';

let it: RotatedHouse;
beforeAll(async () => {
  it = await rotatedHouse();
});
afterAll(() => it?.close());

/** Sets another password each time Reeve has set its own, so many times. */
async function rotateWhileSomebodySets(times: number): Promise<string> {
  const { house, postgres } = it;
  const accountId = await it.account('orders', 'app');
  let left = times;
  const meddled: Connector = {
    ...postgresConnector,
    apply: async (target, change) => {
      const done = await postgresConnector.apply(target, change);
      if (left > 0) await it.onPostgres(`alter role app password 'from long ago'`);
      left -= 1;
      return done;
    },
  };
  const target: Target = {
    systemId: it.systems.orders,
    kind: 'postgres',
    host: postgres.host,
    port: postgres.port,
    settings: {},
    pinned: [`tls-sha256:${postgres.tls?.fingerprint256}`],
    credential: { kind: 'password', username: 'reeve_owner', password: postgres.passwords.get('reeve_owner') ?? '' },
  };
  const targets: Targets = { use: (_systemId, work) => work(meddled, target) } as Targets;
  const job = house.as('rotation');
  await job.act({ action: 'account.rotate', resource: { type: 'Account', id: accountId } }, async (ctx, permit) => {
    await planRotation(house.keys, ctx, permit, { accountId, cause: 'asked', because: 'a test' });
    // It is carried out here, by hand.
    await ctx.tx.run(sql`delete from graphile_worker._private_jobs where key like 'rotation:%'`);
  });
  const { id } = await it.latest(accountId);
  await runRotation({ keys: house.keys, targets }, job, id);
  return accountId;
}

test('what somebody else set in between is set over once, and proved', async () => {
  const accountId = await rotateWhileSomebodySets(1);
  expect(await it.latest(accountId)).toMatchObject({ state: 'done', problem: null });
  expect(await it.opens('app', await it.value(accountId))).toBe(true);
});

test('somebody who goes on setting theirs is not fought with: it fails, and the credential is reported', async () => {
  const accountId = await rotateWhileSomebodySets(2);
  expect(await it.latest(accountId)).toMatchObject({ state: 'failed' });
  const { state } = await it.house.db.one<{ state: string }>(sql`
    select c.state from credential_check c join secret s on s.id = c.secret_id where s.account_id = ${accountId}`);
  expect(state).toBe('refused');
});
