import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { replaceGrants, rolesModule } from '#govern/roles/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  createRole,
  effectiveAccess,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
  startUse,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
const HOLDERS = 40;
let house: House;
let systemId: string;
const admins: Record<string, string> = {};
const people: string[] = [];
const things: string[] = [];
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) => work(ctx, permit));

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    massChangesModule([replaceGrants]),
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
    rolesModule({ decide }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const role of ['administrator', 'security_officer', 'helpdesk'] as const) {
      const facts = { displayName: role, username: role };
      admins[role] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
      const entitlementId = ADMIN_ROLES[role];
      await startGrant(ctx, permit, { identityId: admins[role] ?? '', entitlementId, origin: 'admin', reason: 'test' });
    }
    systemId = (await registerSystem(ctx, permit, { name: 'erp', kind: 'csv', host: '127.0.0.9', port: 1 })).id;
    for (let n = 0; n < 12; n += 1)
      things.push(
        (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: `g${n}`, name: `group ${n}` })).id,
      );
    for (let n = 0; n < HOLDERS; n += 1) {
      const facts = { displayName: `Person ${n}`, username: `person${n}` };
      people.push((await createIdentity(ctx, permit, { kind: 'person', facts })).id);
    }
  });
});
afterAll(() => house?.close());

/** Each test has roles of its own: what earlier ones left behind gives nothing and is nobody's. */
beforeEach(async () => {
  await house.db.run(
    sql`update access_grant set valid_to = reeve_now(), ended_because = 'test' where role_id is not null and ended_because is null`,
  );
  await house.db.run(sql`update role set valid_to = reeve_now() where valid_to is null`);
});

const role = (name: string, content: readonly number[], holders: readonly number[]): Promise<string> =>
  build(async (ctx, permit) => {
    const { id } = await createRole(ctx, permit, { name, description: 'test', ownerId: admins['security_officer'] });
    const entitlementIds = content.map((n) => things[n] as string);
    await setRoleContent(ctx, permit, { roleId: id, entitlementIds, roleIds: [] });
    for (const n of holders)
      await startGrant(ctx, permit, { identityId: people[n] ?? '', roleId: id, origin: 'admin', reason: 'test' });
    return id;
  });
const DAY = 86_400_000;
const accounts = async (lastUsedDays: number | null, of: readonly number[]): Promise<void> => {
  const at = lastUsedDays === null ? null : new Date(house.clock.now().getTime() - lastUsedDays * DAY);
  await house.db.run(
    sql`update account set valid_to = reeve_now(), state = 'gone' where system_id = ${systemId} and valid_to is null`,
  );
  for (const n of of)
    await house.db.run(sql`
      insert into account (id, system_id, native_id, name, identity_id, kind, state, last_used_at, valid_from)
      values (${newId()}, ${systemId}, ${newId()}, ${`p${n}`}, ${people[n] ?? ''}, 'personal', 'active', ${at}, reeve_now())`);
};
const session = (n: number, roleId: string): Promise<void> =>
  build(async (ctx, permit) => {
    const { id: accountId } = await ctx.tx.one<{ id: string }>(sql`
      select id from account where identity_id = ${people[n] ?? ''} and valid_to is null limit 1`);
    const { id: grant } = await ctx.tx.one<{ id: string }>(sql`
      select id from access_grant where identity_id = ${people[n] ?? ''} and role_id = ${roleId} and ended_because is null`);
    await startUse(ctx, permit, {
      id: newId(),
      identityId: people[n] ?? '',
      accountId,
      systemId,
      grantIds: [grant],
      protocol: 'ssh',
      recorded: true,
    });
  });

interface Item {
  readonly kind: string;
  readonly because: string;
  readonly role: { readonly id: string; readonly name: string };
  readonly other: { readonly id: string } | null;
  readonly lost: number;
  readonly extra: number;
  readonly sessions: number;
  readonly used: number;
  readonly unused: number;
  readonly unknown: number;
  readonly people: number;
}
const look = async (): Promise<void> => {
  await house.perform('roleImprovements.start', {}, admins['administrator']);
  await house.settle(60_000);
};
const list = async (): Promise<readonly Item[]> => {
  await look();
  return await found();
};
const found = async (): Promise<readonly Item[]> =>
  (await house.perform<{ items: readonly Item[] }>('roleImprovements.list', {}, admins['administrator'])).items;
const draft = (input: Record<string, unknown>) =>
  house.perform<{ versions: { id: string; roleId: string }[] }>(
    'roleImprovements.draft',
    input,
    admins['administrator'],
  );
const publish = async (id: string): Promise<{ gains: number; losses: number }> => {
  await house.perform('roleVersions.look', { id }, admins['administrator']);
  await house.settle();
  await house.perform('roleVersions.ask', { id }, admins['administrator']);
  const shown = await house.perform<{ impact: { gains: number; losses: number } }>(
    'roleVersions.show',
    { id },
    admins['administrator'],
  );
  await house.perform(
    'roleVersions.publish',
    { id, because: 'looked at', acceptLimits: true },
    admins['security_officer'],
  );
  return shown.impact;
};
const accessOf = async (n: number): Promise<string[]> =>
  [...new Set((await house.db.tx((tx) => effectiveAccess(tx, people[n] ?? ''))).map((row) => row.name))]
    .filter((name) => name.startsWith('group'))
    .sort();
const everybody = Array.from({ length: HOLDERS }, (_, n) => n);

test('a role forty people have and none used in ninety days is told with its evidence, and is retired by a version', async () => {
  await accounts(200, everybody);
  const id = await role('Forgotten', [0, 1], everybody);
  house.clock.advance(91 * DAY);
  expect(await list()).toEqual([
    expect.objectContaining({
      kind: 'retire',
      because: 'unused',
      people: 40,
      lost: 80,
      sessions: 0,
      unused: 80,
      unknown: 0,
    }),
  ]);
  const { versions } = await draft({ role: id, kind: 'retire' });
  expect(await accessOf(3)).toEqual(['group 0', 'group 1']);
  const impact = await publish(versions[0]?.id ?? '');
  expect(impact).toMatchObject({ losing: 40 });
  expect(await accessOf(3)).toEqual([]);
});

test('where the target does not tell of use, or the role is new, it is unknown, never unused; one session is use', async () => {
  await accounts(null, everybody);
  const id = await role('Quiet', [2, 3], everybody);
  expect(await list()).toEqual([expect.objectContaining({ because: 'unseen', unknown: 80, unused: 0, sessions: 0 })]);
  await accounts(100, everybody);
  expect(await list()).toEqual([expect.objectContaining({ because: 'unseen', unknown: 80, unused: 0 })]);
  await session(5, id);
  expect(await list()).toEqual([]);
});

test('two roles of the same content become one without anybody gaining or losing anything', async () => {
  await accounts(1, everybody);
  const first = await role('Clerks', [4, 5], [0, 1, 2]);
  const second = await role('Desk', [4, 5], [2, 3]);
  const merge = (await list()).find((i) => i.kind === 'merge');
  expect(merge).toMatchObject({ because: 'same_access', extra: 0, lost: 0, people: 4 });
  expect([first, second]).toContain(merge?.other?.id);
  const { versions } = await draft({ role: merge?.role.id, kind: 'merge', other: merge?.other?.id });
  expect(versions).toHaveLength(1);
  const before = await Promise.all([0, 1, 2, 3].map(accessOf));
  expect(await publish(versions[0]?.id ?? '')).toMatchObject({ gaining: 0, losing: 0 });
  expect(await Promise.all([0, 1, 2, 3].map(accessOf))).toEqual(before);
  expect((await list()).filter((i) => i.kind === 'merge')).toEqual([]);
});

test('a role whose content is in another is put into it, and nobody’s access changes', async () => {
  await accounts(1, everybody);
  const small = await role('Readers', [6, 7], [0, 1]);
  const large = await role('Writers', [6, 7, 8], [2, 3]);
  expect((await list()).find((i) => i.kind === 'nest')).toMatchObject({ role: { id: small }, other: { id: large } });
  const { versions } = await draft({ role: small, kind: 'nest', other: large });
  expect(await publish(versions[0]?.id ?? '')).toMatchObject({ gaining: 0, losing: 0 });
  expect(await accessOf(2)).toEqual(['group 6', 'group 7', 'group 8']);
  await look();
  await expect(draft({ role: small, kind: 'nest', other: large })).rejects.toMatchObject({
    code: 'role_improvement.gone',
  });
});

test('who may not draft the other role drafts nothing, and who runs nothing sees nothing', async () => {
  await accounts(1, everybody);
  const first = await role('Mine', [9, 10, 11], [0, 1]);
  const second = await role('Theirs', [9, 10, 11], [2, 3]);
  await house.db.run(sql`update role set owner_id = ${people[30] ?? ''} where id = ${second}`);
  await house.db.run(sql`update role set owner_id = ${people[31] ?? ''} where id = ${first}`);
  const merge = (await list()).find((i) => i.kind === 'merge');
  const notTheirs = merge?.role.id === first ? people[30] : people[31];
  await expect(
    house.perform(
      'roleImprovements.draft',
      { role: merge?.role.id, kind: 'merge', other: merge?.other?.id },
      notTheirs,
    ),
  ).rejects.toMatchObject({ status: 403 });
  await expect(house.perform('roleImprovements.list', {}, admins['helpdesk'])).rejects.toMatchObject({ status: 403 });
});

test('a look is one at a time, is stopped where it is, and leaves what the one before found', async () => {
  await accounts(1, everybody);
  await role('Kept', [9, 10, 11], [0, 1]);
  await role('Kept too', [9, 10, 11], [2, 3]);
  expect(await list()).not.toEqual([]);
  const before = await found();
  const start = () =>
    house.perform<{ id: string; state: string }>('roleImprovements.start', {}, admins['administrator']);
  const cancel = (id: string) => house.perform('roleImprovements.cancel', { id }, admins['administrator']);
  const [one, same] = [await start(), await start()];
  expect(same.id).toBe(one.id);
  expect(await cancel(one.id)).toMatchObject({ state: 'cancelled' });
  await house.settle(60_000);
  expect(await found()).toEqual(before);
  const shown = await house.perform<{ run: unknown }>('roleImprovements.list', {}, admins['administrator']);
  expect(shown.run).toMatchObject({ id: one.id, state: 'cancelled' });
  await expect(cancel(one.id)).rejects.toMatchObject({ code: 'role_improvement.settled' });
});
