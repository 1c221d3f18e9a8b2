import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change, Connector, Target, Targets } from '#connectors/port.ts';
import { sql } from '#kit/db/index.ts';
import { birthrightChanges, lifecycleModule } from '#govern/lifecycle/index.ts';
import { provisioningModule } from '#govern/provisioning/index.ts';
import { decideModule } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import { testHouse, type House } from '../harness/house.ts';

/** A target in memory: accounts with what they hold, and every change it was asked for. */
const onTarget = new Map<string, { state: 'active' | 'locked'; readonly holds: Set<string> }>();
const asked: string[] = [];
const connector = {
  kind: 'fake',
  readAccount: (_: Target, name: string) => {
    const found = onTarget.get(name);
    if (found === undefined) return Promise.resolve(undefined);
    const { state, holds } = found;
    const account = { nativeId: name, name, state, kind: 'personal', attributes: {}, privilegedBecause: [] };
    return Promise.resolve({ account, holdings: [...holds] });
  },
  apply: (_: Target, change: Change) => {
    asked.push(`${change.do} ${'account' in change ? change.account : ''}`);
    const account = 'account' in change ? onTarget.get(change.account) : undefined;
    if (change.do === 'create_account') onTarget.set(change.account, { state: 'active', holds: new Set() });
    if (change.do === 'grant') account?.holds.add(change.entitlement);
    if (change.do === 'revoke') account?.holds.delete(change.entitlement);
    if (change.do === 'lock_account' && account !== undefined) account.state = 'locked';
    return Promise.resolve({ changed: true });
  },
} as unknown as Connector;
const targets: Targets = { use: (_, work) => work(connector, {} as Target) };
const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let admin: string;
let ada: string;
let double: string;
beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    massChangesModule([birthrightChanges]),
    lifecycleModule({ targets }),
    provisioningModule({ targets }),
    arrange,
  ]);
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const person = async (username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })).id;
    [admin, ada, double] = [await person('admin'), await person('ada'), await person('ada2')];
    const give = (identityId: string, entitlementId: string) =>
      startGrant(ctx, permit, { identityId, entitlementId, origin: 'admin', reason: 'test' });
    await give(admin, ADMIN_ROLES.administrator);
    const system = await registerSystem(ctx, permit, { name: 'web1', kind: 'fake' });
    const put = await putEntitlement(ctx, permit, {
      systemId: system.id,
      kind: 'group',
      nativeId: 'sudo',
      name: 'sudo',
    });
    await give(double, put.id);
  });
  await house.settle();
});
afterAll(() => house?.close());

const target = () => [...onTarget].map(([name, { state, holds }]) => [name, state, [...holds]]);
const owner = async (): Promise<string | null> =>
  (await house.db.one<{ of: string | null }>(sql`select identity_id as of from account where name = 'ada2'`)).of;

test('what stays with one person is not taken from their account on the target, by a merge or by taking it back', async () => {
  expect(target()).toEqual([['ada2', 'active', ['sudo']]]);
  expect(await owner()).toBe(double);
  await house.perform('identities.merge', { identity: 'ada2', into: 'ada', because: 'the same' }, admin);
  await house.settle();
  expect(target()).toEqual([['ada2', 'active', ['sudo']]]);
  expect(await owner()).toBe(ada);
  await house.perform('identities.unmerge', { identity: double, because: 'not the same' }, admin);
  await house.settle();
  expect(target()).toEqual([['ada2', 'active', ['sudo']]]);
  expect(await owner()).toBe(double);
  expect(asked.filter((change) => change.startsWith('revoke') || change.startsWith('lock'))).toEqual([]);
  const { open } = await house.db.one<{ open: number }>(
    sql`select count(*)::int as open from provision_task where state <> 'done'`,
  );
  expect(open).toBe(0);
});

test('what ends for good afterwards is taken', async () => {
  await house.perform('identities.merge', { identity: double, into: 'ada', because: 'the same after all' }, admin);
  await house.settle();
  const grant = await house.db.one<{ id: string }>(
    sql`select id from access_grant where identity_id = ${ada} and ended_because is null`,
  );
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    await endGrant(ctx, permit, { grantId: grant.id, because: 'over' });
  });
  await house.settle();
  expect(target()).toEqual([['ada2', 'locked', []]]);
});
