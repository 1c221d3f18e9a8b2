import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { newId } from '#kit/ids/index.ts';
import {
  REEVE_SYSTEM_ID,
  addEdge,
  createRole,
  describeRole,
  effectiveAccess,
  endGrant,
  getRole,
  listRoles,
  privilegeOf,
  putEntitlement,
  removeEdge,
  roleContent,
  setRoleContent,
  startGrant,
  whoCouldReach,
} from '../index.ts';
import { person } from '../readings/web-host.ts';
import { write, type SeenEvent } from '../testing.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());

const role = async (name: string): Promise<string> =>
  (await write(t.db, (ctx, permit) => createRole(ctx, permit, { name: `${name} ${newId()}` }))).id;
const entitlement = async (name: string, markedPrivileged = false): Promise<string> =>
  (
    await write(t.db, (ctx, permit) =>
      putEntitlement(ctx, permit, {
        systemId: REEVE_SYSTEM_ID,
        kind: 'thing',
        nativeId: newId(),
        name,
        markedPrivileged,
      }),
    )
  ).id;
const fill = async (roleId: string, entitlementIds: string[], roleIds: string[] = [], seen?: SeenEvent[]) =>
  await write(t.db, (ctx, permit) => setRoleContent(ctx, permit, { roleId, entitlementIds, roleIds }), seen);
const nest = async (parentId: string, childId: string): Promise<void> =>
  await write(t.db, (ctx, permit) => addEdge(ctx, permit, { parentId, childId }));

describe('a role', () => {
  test('consists of exactly what was said last, and is known to have been otherwise', async () => {
    const [r, a, b, c] = [await role('r'), await entitlement('a'), await entitlement('b'), await role('c')];
    await fill(r, [a, b]);
    const then = t.clock.now();
    t.clock.advance(60_000);
    const seen: SeenEvent[] = [];
    expect(await fill(r, [b], [c], seen)).toEqual({ added: [c], removed: [a] });
    expect(seen).toMatchObject([{ type: 'role.changed', data: { roleId: r, added: [c], removed: [a] } }]);
    expect(await t.db.tx((tx) => roleContent(tx, r))).toEqual({ entitlementIds: [b], roleIds: [c] });
    expect([...(await t.db.tx((tx) => roleContent(tx, r, then))).entitlementIds].sort()).toEqual([a, b].sort());
    expect(await fill(r, [b], [c])).toEqual({ added: [], removed: [] });
  });

  test('nested ten deep refuses to close a circle, naming its path, and changes nothing', async () => {
    const chain: string[] = [];
    for (let i = 0; i < 10; i += 1) chain.push(await role(`level${i}`));
    for (let i = 0; i < 9; i += 1) await fill(chain[i] ?? '', [], [chain[i + 1] ?? '']);
    const last = chain[9] ?? '';
    const attempt = fill(last, [], [chain[0] ?? '']);
    await expect(attempt).rejects.toMatchObject({ code: 'role.circle' });
    await expect(attempt).rejects.toThrow(/level9 .* → level0 .* → level1 .*→ level8 .* → level9/);
    await expect(fill(last, [], [last])).rejects.toMatchObject({ code: 'role.circle' });
    expect(await t.db.tx((tx) => roleContent(tx, last))).toEqual({ entitlementIds: [], roleIds: [] });
  });

  test('two writers cannot close a circle together', async () => {
    const [a, b] = [await role('a'), await role('b')];
    const results = await Promise.allSettled([fill(a, [], [b]), fill(b, [], [a])]);
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('may be requestable only with an owner and a description', async () => {
    const r = await role('r');
    const say = async (more: Record<string, unknown>) =>
      await write(t.db, (ctx, permit) => describeRole(ctx, permit, { roleId: r, requestable: true, ...more }));
    await expect(say({ description: 'For reports' })).rejects.toMatchObject({
      code: 'graph.requestable_role_has_owner_and_description',
    });
    const owner = await person(t.db, 'Owner');
    expect(await say({ description: 'For reports', ownerId: owner })).toMatchObject({
      requestable: true,
      ownerId: owner,
    });
    expect((await t.db.tx((tx) => listRoles(tx, { filter: { requestable: true } }))).items.map((i) => i.id)).toContain(
      r,
    );
  });

  test('has a name of its own, found whatever its case', async () => {
    const name = `Payroll ${newId()}`;
    const made = await write(t.db, (ctx, permit) => createRole(ctx, permit, { name }));
    expect((await t.db.tx((tx) => getRole(tx, name.toUpperCase())))?.id).toBe(made.id);
    await expect(
      write(t.db, (ctx, permit) => createRole(ctx, permit, { name: name.toLowerCase() })),
    ).rejects.toMatchObject({
      code: 'graph.role_name_is_one_roles_while_present',
    });
  });
});

describe('privilege flows', () => {
  test('up from three levels down to the role and all its holders at once, and away again', async () => {
    const [top, middle] = [await role('top'), await role('middle')];
    const [group, admins] = [await entitlement('group'), await entitlement('admins', true)];
    const holder = await person(t.db, 'Holder');
    await fill(top, [], [middle]);
    await fill(middle, [group]);
    const grant = await write(t.db, (ctx, permit) =>
      startGrant(ctx, permit, { identityId: holder, roleId: top, origin: 'birthright', reason: 'x' }),
    );
    const ask = async () =>
      await t.db.tx((tx) =>
        privilegeOf(tx, { roleIds: [top], entitlementIds: [group, admins], identityIds: [holder] }),
      );
    expect([...(await ask()).keys()]).toEqual([admins]);
    await nest(group, admins);
    const now = await ask();
    expect(now.get(top)?.map((s) => s.id)).toEqual([top, middle, group, admins]);
    expect(now.get(group)?.map((s) => s.id)).toEqual([group, admins]);
    expect(now.get(holder)?.map((s) => s.id)).toEqual([grant.id, top, middle, group, admins]);
    const rows = await t.db.tx((tx) => effectiveAccess(tx, holder));
    expect(rows.map((r) => [r.name, r.privileged])).toEqual([
      ['admins', true],
      ['group', true],
    ]);
    expect((await t.db.tx((tx) => whoCouldReach(tx, { privileged: true }))).map((r) => r.identityId)).toContain(holder);
    t.clock.advance(60_000);
    await write(t.db, (ctx, permit) => removeEdge(ctx, permit, { parentId: group, childId: admins }));
    expect([...(await ask()).keys()]).toEqual([admins]);
    await write(t.db, (ctx, permit) => endGrant(ctx, permit, { grantId: grant.id, because: 'x' }));
  });

  test('groups nested in a circle end, and an edge is added twice without harm', async () => {
    const [a, b, c] = [await entitlement('a'), await entitlement('b'), await entitlement('c', true)];
    for (const [parent, child] of [
      [a, b],
      [b, a],
      [b, c],
      [c, a],
      [a, b],
    ] as const)
      await nest(parent, child);
    const who = await person(t.db, 'Round');
    await write(t.db, (ctx, permit) =>
      startGrant(ctx, permit, { identityId: who, entitlementId: a, origin: 'request', reason: 'x' }),
    );
    const rows = await t.db.tx((tx) => effectiveAccess(tx, who));
    expect(rows.map((r) => r.path.map((s) => s.name))).toEqual([
      ['request', 'a'],
      ['request', 'a', 'b'],
      ['request', 'a', 'b', 'c'],
    ]);
    await expect(nest(a, a)).rejects.toMatchObject({ code: 'graph.entitlement_does_not_imply_itself' });
  });
});
