import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvConnector } from '#connectors/csv/index.ts';
import { ledger, Office } from '#connectors/csv/office.fixture.ts';
import type { Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import {
  applyReading,
  createIdentity,
  endGrant,
  findEntitlement,
  graphModule,
  registerSystem,
  requireSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Permit } from '#spine/decide/port.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { provisioningModule } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-exchange-'));
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
const office = new Office(join(root, 'ledger'), ledger());
let house: House;
let targets: Targets;
beforeAll(async () => {
  house = await testHouse(({ clock }) => {
    const connector = csvConnector({ root, clock });
    targets = {
      use: async (systemId, work) => {
        const { kind, host, port, settings, pinned } = await house.db.tx((tx) => requireSystem(tx, systemId));
        const credential = { kind: 'none', username: '' } as const;
        return await work(connector, { systemId, kind, host, port, settings, pinned, credential });
      },
    };
    return [graphModule, provisioningModule({ targets }), arrange];
  });
  // What is to be looked at again later waits until a test says that it is later.
  house.clock.set(new Date(Date.now() + 86_400_000));
});
afterAll(async () => {
  await house.close();
  rmSync(root, { recursive: true, force: true });
});

const act = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('arrange').act({ action: 'arrange.all' }, work);
interface Task {
  readonly id: string;
  readonly wanted: string;
  readonly state: string;
  readonly tries: number;
  readonly problem: string | null;
}
const task = (grantId: string): Promise<Task> =>
  house.db.one<Task>(sql`select id, wanted, state, tries, problem from provision_task where grant_id = ${grantId}`);
async function lookAgain(taskId: string): Promise<void> {
  house.clock.advance(120_000);
  const run = { id: '0', name: 'run', attempt: 1, maxAttempts: 1, signal: new AbortController().signal };
  const lane = await house.db.one<{ systemId: string; lane: number }>(
    sql`update provision_task set not_before = null where id = ${taskId} returning system_id, lane`,
  );
  await house.tasks['provisioning.agree']?.({ ...lane }, run);
}

test('what others carry out is ordered at once, waited for without counting failures, and done when it is seen', async () => {
  office.export();
  const { id: systemId } = await act((ctx, permit) =>
    registerSystem(ctx, permit, { name: 'ledger', kind: 'csv', settings: { path: office.folder } }),
  );
  const reading = await targets.use(systemId, (connector, target) => connector.read(target));
  const { zoe, entitlementId } = await act(async (ctx, permit) => {
    await applyReading(ctx, permit, { systemId, reading, trusted: true });
    const facts = { displayName: 'Zoë Ng', username: 'zoe' };
    const { id } = await createIdentity(ctx, permit, { kind: 'person', facts });
    const found = await findEntitlement(ctx.tx, systemId, 'post_journal');
    return { zoe: id, entitlementId: found?.id ?? '' };
  });
  const grantId = await act(
    async (ctx, permit) =>
      (await startGrant(ctx, permit, { identityId: zoe, entitlementId, origin: 'admin', reason: 'test' })).id,
  );
  await house.settle();
  const ordered = office.orders().flatMap((order) => office.linesOf(order).map((line) => line['do']));
  expect(ordered).toEqual(['create_account', 'grant']);
  const waiting = await task(grantId);
  expect(waiting).toMatchObject({
    state: 'waiting',
    tries: 0,
    problem: expect.stringContaining('not in the files yet') as string,
  });

  await lookAgain(waiting.id);
  expect(await task(grantId)).toMatchObject({ state: 'waiting', tries: 0 });
  expect(office.orders()).toHaveLength(2);

  office.carryOut();
  await lookAgain(waiting.id);
  expect(await task(grantId)).toMatchObject({ state: 'done', problem: null });
  expect(
    await house.db.many(sql`
    select a.name, a.identity_id = ${zoe} as hers, e.native_id from account a join holding h on h.account_id = a.id
      join entitlement e on e.id = h.entitlement_id where a.system_id = ${systemId} and a.name = 'zoe' and h.valid_to is null`),
  ).toEqual([{ name: 'zoe', hers: true, nativeId: 'post_journal' }]);

  await act((ctx, permit) => endGrant(ctx, permit, { grantId, because: 'over' }));
  await house.settle();
  const leaving = await task(grantId);
  expect(leaving).toMatchObject({ wanted: 'absent', state: 'waiting', tries: 0 });
  expect(
    office
      .orders()
      .slice(2)
      .flatMap((order) => office.linesOf(order).map((line) => line['do'])),
  ).toEqual(['revoke', 'lock_account']);
  office.carryOut();
  await lookAgain(leaving.id);
  expect(await task(grantId)).toMatchObject({ state: 'done' });
  expect(office.tables.accounts.find((a) => a['account_name'] === 'zoe')).toMatchObject({ status: 'locked' });
  const types = await house.db.many<{ type: string }>(
    sql`select type from audit_event where type like 'access.%' or type = 'account.created' order by id`,
  );
  expect(types.map((t) => t.type)).toEqual([
    'access.wanted',
    'account.created',
    'access.realised',
    'access.wanted',
    'access.withdrawn',
  ]);
});
