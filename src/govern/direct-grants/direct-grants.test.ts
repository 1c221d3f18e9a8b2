import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { directGrantsModule } from './index.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
let house: House;
let systemId: string;
const who: Record<string, string> = {};
const what: Record<string, string> = {};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, work);

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    directGrantsModule,
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const name of ['Ada Min', 'Lena Okafor', 'Omar Idris', 'Nobody Else']) {
      const facts = { displayName: name, username: name.split(' ')[0]?.toLowerCase() ?? name };
      who[facts.username] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    }
    await startGrant(ctx, permit, {
      identityId: who['ada'] ?? '',
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'first',
    });
    systemId = (await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' })).id;
    for (const name of ['read', 'post'])
      what[name] = (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id;
    await startGrant(ctx, permit, {
      identityId: who['lena'] ?? '',
      entitlementId: what['read'] ?? '',
      origin: 'request',
      reason: 'asked for',
    });
  });
});
afterAll(() => house.close());

interface Row {
  readonly id: string;
  readonly identityName: string;
  readonly name: string;
  readonly state: string;
  readonly givenBy: string | null;
}
const list = async (filter: object = {}): Promise<readonly Row[]> =>
  (await house.perform<{ items: Row[] }>('directGrants.list', { limit: 50, ...filter }, who['ada'])).items;
const give = (identity: string, entitlement: string, more: object = {}): Promise<{ id: string }> =>
  house.perform(
    'grants.give',
    { identity, entitlementId: what[entitlement], because: 'cannot wait', ...more },
    who['ada'],
  );
const inDays = (days: number): string => new Date(house.clock.now().getTime() + days * 86_400_000).toISOString();

test('what was given directly is listed with who gave it, why and until when, and nothing else is', async () => {
  const lenas = await give('lena', 'post', { until: inDays(30) });
  const omars = await give('omar', 'read', { from: inDays(2) });
  const over = await give('omar', 'post');
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: over.id, because: 'over' }));
  const all = await list();
  expect(all.map(({ id }) => id).slice(0, 3)).toEqual([over.id, omars.id, lenas.id]);
  expect(all).toHaveLength(4);
  expect(all[2]).toMatchObject({
    identityName: 'Lena Okafor',
    name: 'post',
    systemName: 'erp',
    state: 'live',
    reason: 'cannot wait',
    givenBy: 'Ada Min',
  });
  const names = async (filter: object): Promise<string[]> =>
    (await list(filter)).map((row) => `${row.identityName}: ${row.name} ${row.state}`);
  expect(await names({ state: 'planned' })).toEqual(['Omar Idris: read planned']);
  expect(await names({ state: 'ended' })).toEqual(['Omar Idris: post ended']);
  expect(await names({ systemId, end: 'none' })).toEqual(['Omar Idris: read planned']);
  expect(await names({ search: 'lena ERP' })).toEqual(['Lena Okafor: post live']);
  const first = await house.perform<{ items: Row[]; nextCursor: string | null }>(
    'directGrants.list',
    { limit: 2 },
    who['ada'],
  );
  const rest = await list({ cursor: first.nextCursor });
  expect([...first.items, ...rest].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
});

test('who may not list all grants is told nothing of them', async () => {
  await expect(house.perform('directGrants.list', { limit: 5 }, who['nobody'])).rejects.toMatchObject({ status: 403 });
});
