import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { freezeCampaign } from '#govern/certifications/freeze-campaign.ts';
import { createRole, endGrant, linkAccount, putEntitlement, setRoleContent, startGrant } from '#spine/graph/index.ts';
import { reviewedCompany, type ReviewedCompany } from './world.ts';

let c: ReviewedCompany;
beforeAll(async () => {
  c = await reviewedCompany();
});
afterAll(() => c.house.close());

const DAY = 86_400_000;

/** Freezes a campaign as of an instant, in pieces. */
async function frozen(kind: string, at: Date, piece?: number): Promise<string> {
  const dueAt = new Date(c.house.clock.now().getTime() + 7 * DAY).toISOString();
  const { id } = await c.house.perform<{ id: string }>('campaigns.create', { name: kind, kind, dueAt }, c.who.dana);
  await c.house.db.run(
    sql`update campaign set state = 'freezing', launched_at = ${at}, frozen_at = ${at} where id = ${id}`,
  );
  await freezeCampaign(c.house.as('certifications'), id, piece === undefined ? {} : { piece });
  return id;
}
const seen = async (id: string): Promise<string[]> =>
  (await c.items(id)).map(({ id: _id, ...item }) => JSON.stringify({ ...item, campaignId: undefined })).sort();
const systemOf = async (name: string): Promise<string> =>
  (await c.house.db.one<{ id: string }>(sql`select id from system where name = ${name}`)).id;
const account = async (name: string): Promise<string> =>
  (
    await c.house.db.one<{ id: string }>(sql`
      insert into account (id, system_id, native_id, name, kind, valid_from)
      values (gen_random_uuid(), ${await systemOf('web1')}, ${name}, ${name}, 'personal', ${c.house.clock.now()}) returning id`)
  ).id;
const except = async (identity: string, ownerId: string): Promise<string> => {
  const { who, what, house } = c;
  const rule = await house.perform<{ id: string }>(
    'sod.createRule',
    {
      name: `rule of ${identity} ${ownerId}`,
      severity: 'high',
      ownerId,
      functions: [
        { name: 'one', entitlementIds: [what.deploy] },
        { name: 'two', entitlementIds: [what.approve] },
      ],
    },
    who.joaquin,
  );
  const validTo = new Date(house.clock.now().getTime() + 90 * DAY).toISOString();
  const made = await house.perform<{ id: string }>(
    'sod.grantException',
    { rule: rule.id, identity, reason: 'small team', control: 'a log is read', controlOwnerId: who.mara, validTo },
    who.joaquin,
  );
  return made.id;
};

test('parts of roles, orphans and exceptions freeze to the same whatever happened since, and in whatever pieces', async () => {
  const { who, what, house, build } = c;
  const [pair, inner] = await build(async (ctx, permit) => {
    const child = await createRole(ctx, permit, { name: 'inner', ownerId: who.priya, description: 'x' });
    const role = await createRole(ctx, permit, { name: 'pair', ownerId: who.priya, description: 'x' });
    await setRoleContent(ctx, permit, { roleId: child.id, entitlementIds: [what.sudo], roleIds: [] });
    await setRoleContent(ctx, permit, {
      roleId: role.id,
      entitlementIds: [what.deploy, what.approve],
      roleIds: [child.id],
    });
    return [role.id, child.id] as const;
  });
  const accounts = [await account('left-over'), await account('older'), await account('oldest')];
  const exception = await except(who.lena, who.tomas);
  await except(who.omar, who.priya);
  house.clock.advance(1000);
  const at = house.clock.now();
  const kinds = ['role_composition', 'orphan_accounts', 'sod_exceptions'];
  const before = await Promise.all(kinds.map(async (kind) => await seen(await frozen(kind, at))));
  expect(before.map((of) => of.length)).toEqual([4, 3, 2]);
  house.clock.advance(1000);
  await build(async (ctx, permit) => {
    await setRoleContent(ctx, permit, { roleId: pair, entitlementIds: [what.reports], roleIds: [inner] });
    await linkAccount(ctx, permit, { accountId: accounts[0] ?? '', identityId: who.lena, because: 'x', said: 'x' });
  });
  await house.perform('sod.endException', { exception }, who.joaquin);
  await house.db.run(sql`update account set state = 'locked' where id = ${accounts[1]}`);
  await account('newest');
  house.clock.advance(1000);
  for (const [n, kind] of kinds.entries()) expect(await seen(await frozen(kind, at, 1))).toEqual(before[n]);
});

test('whoever has a role does not review what is in it, nor anybody their own exception or that of who is theirs', async () => {
  const { who, what, house, build } = c;
  const role = await build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, { name: 'owned by a holder', ownerId: who.omar, description: 'x' });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [what.reports], roleIds: [] });
    return made.id;
  });
  const grant = await build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: who.omar, roleId: role, origin: 'admin', reason: 'x' }),
  );
  house.clock.advance(1000);
  const partOf = async (): Promise<{ reviewerId: string; routed: string }[]> =>
    await c.items(await c.launch({ kind: 'role_composition', scope: { roleId: role } }));
  expect(await partOf()).toMatchObject([{ reviewerId: who.priya, routed: 'system_owner' }]);
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: grant.id, because: 'x' }));
  house.clock.advance(1000);
  expect(await partOf()).toMatchObject([{ reviewerId: who.omar, routed: 'owner' }]);

  await except(who.tomas, who.tomas);
  const robot = await c.person('robot', { ownerId: who.tomas }, [], 'service');
  await except(robot, who.tomas);
  house.clock.advance(1000);
  const exceptions = await c.items(await c.launch({ kind: 'sod_exceptions', scope: { ownerId: who.tomas } }));
  expect(exceptions.length).toBeGreaterThanOrEqual(2);
  for (const item of exceptions.filter((i) => [who.tomas, robot].includes(i.identityId)))
    expect(item).toMatchObject({ reviewerId: who.dana, routed: 'campaign_owner' });
});

test('silence ends an exception where the campaign says so, and never changes a role', async () => {
  const { who, what, house, build } = c;
  const role = await build(async (ctx, permit) => {
    const made = await createRole(ctx, permit, { name: 'silent', ownerId: who.priya, description: 'x' });
    await setRoleContent(ctx, permit, { roleId: made.id, entitlementIds: [what.reports], roleIds: [] });
    return made.id;
  });
  const exception = await except(who.lena, who.priya);
  house.clock.advance(1000);
  const parts = await c.launch({ kind: 'role_composition', scope: { roleId: role }, noResponse: 'revoke' });
  const exceptions = await c.launch({ kind: 'sod_exceptions', scope: { identityId: who.lena }, noResponse: 'revoke' });
  for (const id of [parts, exceptions]) await house.perform('campaigns.close', { id }, who.dana);
  await house.settle(60_000);
  expect(await c.items(parts)).toMatchObject([{ state: 'unanswered', noResponse: false }]);
  expect(await house.db.many(sql`select 1 from role_version where role_id = ${role}`)).toEqual([]);
  const items = await c.items(exceptions);
  expect(items.find((i) => i.state !== 'revoked')).toBeUndefined();
  const { ended } = await house.db.one<{ ended: boolean }>(
    sql`select valid_to <= reeve_now() as ended from sod_exception where id = ${exception}`,
  );
  expect(ended).toBe(true);
});

test('what is gone at its source says since when', async () => {
  const { who, house, build } = c;
  const thing = await build(
    async (ctx, permit) =>
      (
        await putEntitlement(ctx, permit, {
          systemId: await systemOf('git'),
          kind: 'group',
          nativeId: 'vanishing',
          name: 'vanishing',
          ownerId: who.priya,
        })
      ).id,
  );
  await c.give(who.lena, thing);
  house.clock.advance(1000);
  const id = await c.launch({ scope: { entitlementId: thing } });
  expect(await c.items(id)).toMatchObject([{ goneSince: null }]);
  const gone = house.clock.now();
  await house.db.run(sql`update entitlement set valid_to = ${gone} where id = ${thing}`);
  expect(await c.items(id)).toMatchObject([{ goneSince: gone.toISOString() }]);
});

test('an item is about one thing, and the database says so', async () => {
  const { who, what, house } = c;
  await c.give(who.omar, what.sudo);
  house.clock.advance(1000);
  const [item] = await c.items(await c.launch({ scope: { entitlementId: what.sudo, identityId: who.omar } }));
  const [orphan] = await house.db.many<{ id: string }>(sql`select id from account limit 1`);
  for (const change of [
    sql`account_id = ${orphan?.id}`,
    sql`grant_id = null`,
    sql`subject = 'account'`,
    sql`identity_id = null`,
    sql`action = 'everything'`,
  ])
    await expect(house.db.run(sql`update campaign_item set ${change} where id = ${item?.id}`)).rejects.toThrow(
      /campaign_item_(is_about_one_subject|action_is_known)/,
    );
});
