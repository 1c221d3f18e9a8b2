import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  applyReading,
  createIdentity,
  createRole,
  describeEntitlement,
  findEntitlement,
  getEntitlement,
  graphModule,
  registerSystem,
  setRoleContent,
  startGrant,
  type SystemReading,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import type { Permit } from '#spine/decide/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { entitlementsModule } from '../index.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};
let house: House;
let admin: string;
let lena: string;
let systemId: string;
let count = 0;
const act = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('arrange').act({ action: 'arrange.all' }, work);

interface Group {
  readonly id: string;
  readonly members: readonly string[];
  readonly stable?: string;
  readonly returns?: true;
}
const reading = (groups: readonly Group[]): SystemReading => ({
  accounts: ['a', 'b', 'c', 'd'].map((name) => ({
    nativeId: name,
    name,
    state: 'active',
    kind: 'personal',
    attributes: {},
    privilegedBecause: [],
  })),
  entitlements: groups.map((g) => ({
    nativeId: g.id,
    kind: 'group',
    name: g.id,
    privileged: false,
    attributes: {},
    ...(g.stable === undefined ? {} : { stableId: g.stable }),
    ...(g.returns === undefined ? {} : { stableIdReturns: g.returns }),
  })),
  holdings: groups.flatMap((g) => g.members.map((account) => ({ account, entitlement: g.id }))),
  nesting: [],
});
const read = async (...groups: Group[]): Promise<void> => {
  house.clock.advance(60_000);
  await act((ctx, permit) => applyReading(ctx, permit, { systemId, reading: reading(groups), trusted: true }));
  await house.settle();
};
const idOf = async (nativeId: string): Promise<string | undefined> =>
  (await house.db.tx((tx) => findEntitlement(tx, systemId, nativeId)))?.id;

beforeAll(async () => {
  house = await testHouse(() => [graphModule, entitlementsModule, arrange]);
  [admin, lena] = await act(async (ctx, permit) => {
    const person = async (username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })).id;
    const [one, two] = [await person('admin'), await person('lena')];
    await startGrant(ctx, permit, {
      identityId: one,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    return [one, two] as const;
  });
});
beforeEach(async () => {
  count += 1;
  systemId = (await act((ctx, permit) => registerSystem(ctx, permit, { name: `host${count}`, kind: 'csv' }))).id;
});
afterAll(() => house.close());

const describeIt = (id: string): Promise<unknown> =>
  act((ctx, permit) =>
    describeEntitlement(ctx, permit, {
      entitlementId: id,
      description: 'Ships releases',
      ownerId: lena,
      requestable: true,
    }),
  );

describe('what the target keeps through a rename', () => {
  test('keeps its id, owner, description, grants and roles, and says what it was called', async () => {
    await read({ id: 'deploy', stable: 'oid:5', members: ['a'] });
    const id = (await idOf('deploy')) ?? '';
    await describeIt(id);
    await act((ctx, permit) =>
      startGrant(ctx, permit, { identityId: lena, entitlementId: id, origin: 'admin', reason: 'test' }),
    );
    await read({ id: 'release', stable: 'oid:5', members: ['b'] });
    expect(await idOf('release')).toBe(id);
    const now = await house.db.tx((tx) => getEntitlement(tx, id));
    expect(now).toMatchObject({
      name: 'release',
      description: 'Ships releases',
      ownerId: lena,
      requestable: true,
      renamedFrom: 'deploy',
      validTo: null,
    });
    expect(await idOf('deploy')).toBeUndefined();
    const [event] = await house.db.many<{ n: number }>(
      sql`select count(*)::int as n from audit_event where type = 'entitlements.renamed'`,
    );
    expect(event?.n).toBe(1);
    const queue = await house.perform<{ items: { id: string; reasons: string[] }[] }>(
      'entitlements.listStewardship',
      { reason: 'renamed' },
      admin,
    );
    expect(queue.items.map((i) => i.id)).toEqual([id]);
  });

  test('is not taken for the same on a number that is given again, unless its members agree', async () => {
    await read({ id: 'games', stable: 'gid:60', returns: true, members: ['a', 'b'] });
    const id = (await idOf('games')) ?? '';
    await describeIt(id);
    await read({ id: 'dockers', stable: 'gid:60', returns: true, members: ['c', 'd'] });
    expect(await idOf('dockers')).not.toBe(id);
    const cases = await house.perform<{ items: { goneId: string; because: string }[] }>(
      'entitlements.listRenameCases',
      { system: `host${count}` },
      admin,
    );
    expect(cases.items).toMatchObject([{ goneId: id, because: 'the target gives both the same id' }]);
  });

  test('is taken for the same on such a number where its members agree', async () => {
    await read({ id: 'games', stable: 'gid:60', returns: true, members: ['a', 'b'] });
    const id = await idOf('games');
    await read({ id: 'play', stable: 'gid:60', returns: true, members: ['a', 'b', 'c'] });
    expect(await idOf('play')).toBe(id);
  });
});

describe('a target that keeps nothing through a rename', () => {
  const renamed = async (): Promise<{ id: string; caseId: string; came: string }> => {
    await read({ id: 'reader', members: ['a', 'b', 'c'] });
    const id = (await idOf('reader')) ?? '';
    await describeIt(id);
    await read({ id: 'viewer', members: ['a', 'b', 'c'] });
    const cases = await house.perform<{ items: { id: string; goneId: string; cameName: string; because: string }[] }>(
      'entitlements.listRenameCases',
      { system: `host${count}` },
      admin,
    );
    expect(cases.items).toMatchObject([
      { goneId: id, cameName: 'viewer', because: '3 of 3 who have either have both' },
    ]);
    return { id, caseId: cases.items[0]?.id ?? '', came: (await idOf('viewer')) ?? '' };
  };

  test('is asked about, and answered same it stands under the new name with its holders', async () => {
    const { id, caseId } = await renamed();
    await house.perform('entitlements.answerRename', { id: caseId, same: true }, admin);
    expect(await idOf('viewer')).toBe(id);
    const held = await house.db.many(sql`select 1 from holding where entitlement_id = ${id} and valid_to is null`);
    expect(held).toHaveLength(3);
    await read({ id: 'viewer', members: ['a', 'b', 'c'] });
    expect(await idOf('viewer')).toBe(id);
    await expect(house.perform('entitlements.answerRename', { id: caseId, same: true }, admin)).rejects.toMatchObject({
      status: 409,
    });
  });

  test('is asked about, and answered another both stay what they are', async () => {
    const { id, caseId, came } = await renamed();
    await house.perform('entitlements.answerRename', { id: caseId, same: false }, admin);
    expect(await idOf('viewer')).toBe(came);
    expect((await house.db.tx((tx) => getEntitlement(tx, id)))?.validTo).not.toBeNull();
  });

  test('is not put under a name that grants or roles use by now', async () => {
    const { caseId, came } = await renamed();
    await act(async (ctx, permit) => {
      const role = await createRole(ctx, permit, { name: `r${count}` });
      await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [came], roleIds: [] });
    });
    await expect(house.perform('entitlements.answerRename', { id: caseId, same: true }, admin)).rejects.toMatchObject({
      code: 'entitlement.named_already',
    });
  });
});

test('what went while a role names it stays there as a tombstone, and whoever answers for the role is told once', async () => {
  await read({ id: 'old', members: ['a'] });
  const id = (await idOf('old')) ?? '';
  await act(async (ctx, permit) => {
    const role = await createRole(ctx, permit, { name: 'ops', ownerId: lena });
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [id], roleIds: [] });
  });
  await read();
  await read();
  const told = await house.db.many<{ data: unknown }>(sql`select 1 from audit_event where type = 'entitlements.gone'`);
  expect(told).toHaveLength(1);
  const entry = await house.perform<{ goneSince: Date | null; roles: { name: string }[] }>(
    'entitlements.showEntry',
    { id },
    admin,
  );
  expect(entry.goneSince).not.toBeNull();
  expect(entry.roles.map((r) => r.name)).toEqual(['ops']);
  const queue = await house.perform<{ items: { id: string; namedBy: string[] }[] }>(
    'entitlements.listStewardship',
    { reason: 'gone_in_use' },
    admin,
  );
  expect(queue.items).toMatchObject([{ id, namedBy: ['role ops'] }]);
});
