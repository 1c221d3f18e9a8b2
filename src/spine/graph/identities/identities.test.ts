import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import {
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  createRole,
  endGrant,
  findIdentityByUsername,
  getIdentity,
  listIdentities,
  loadPrincipal,
  putIdentities,
  setRoleContent,
  startGrant,
  type IdentityRow,
  type NewIdentityFacts,
} from '../index.ts';
import { write, type SeenEvent } from '../testing.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(async () => await t.drop());

const DAY = 86_400_000;
const days = (n: number): Date => new Date(t.clock.now().getTime() + n * DAY);
const make = async (facts: NewIdentityFacts): Promise<string> =>
  (await write(t.db, (ctx, permit) => createIdentity(ctx, permit, { kind: 'person', facts }))).id;
const put = async (rows: readonly IdentityRow[], seen?: SeenEvent[]) =>
  await write(t.db, (ctx, permit) => putIdentities(ctx, permit, { origin: 'hr', rows }), seen);
const departmentAt = async (id: string, at: Date, knownAt?: Date): Promise<string | null | undefined> =>
  (await t.db.tx((tx) => getIdentity(tx, id, { at, knownAt })))?.department;

describe('facts of an identity', () => {
  test('are what was true then, by what was known then', async () => {
    const id = await make({ displayName: 'Lena', department: 'Finance' });
    const [hired, later] = [t.clock.now(), days(10)];
    t.clock.advance(20 * DAY);
    const beforeCorrection = t.clock.now();
    t.clock.advance(DAY);
    const seen: SeenEvent[] = [];
    const diff = await write(
      t.db,
      (ctx, permit) =>
        changeIdentityFacts(ctx, permit, { identityId: id, change: { department: 'Sales' }, validFrom: later }),
      seen,
    );
    expect(diff).toMatchObject({
      changed: ['department'],
      before: { department: 'Finance' },
      after: { department: 'Sales' },
    });
    expect(seen).toMatchObject([{ type: 'identity.changed', subject: id, data: { changed: ['department'] } }]);
    expect(await departmentAt(id, hired)).toBe('Finance');
    expect(await departmentAt(id, later)).toBe('Sales');
    expect(await departmentAt(id, later, beforeCorrection)).toBe('Finance');
    t.clock.advance(100 * DAY);
    expect(await departmentAt(id, later, beforeCorrection)).toBe('Finance');
    expect(await departmentAt(id, later, new Date(hired.getTime() - DAY))).toBeUndefined();
  });

  test('planned for later do not hold yet', async () => {
    const id = await make({ displayName: 'Omar', state: 'active' });
    await write(t.db, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: id, change: { state: 'leaver' }, validFrom: days(3) }),
    );
    const state = async (): Promise<string | undefined> => (await t.db.tx((tx) => getIdentity(tx, id)))?.state;
    expect(await state()).toBe('active');
    t.clock.advance(3 * DAY);
    expect(await state()).toBe('leaver');
  });

  test('of nobody known cannot change', async () => {
    const nobody = newId();
    await expect(
      write(t.db, (ctx, permit) =>
        changeIdentityFacts(ctx, permit, { identityId: nobody, change: { state: 'leave' } }),
      ),
    ).rejects.toMatchObject({ code: 'identity.not_found' });
  });

  test('a username is found whatever its case, and is one identity’s at a time', async () => {
    const id = await make({ displayName: 'Zoe', username: 'zoe.k' });
    expect((await t.db.tx((tx) => findIdentityByUsername(tx, 'ZOE.K')))?.id).toBe(id);
    await expect(make({ displayName: 'Other', username: 'Zoe.K' })).rejects.toMatchObject({
      code: 'graph.username_is_one_identitys_at_a_time',
      status: 409,
    });
    await write(t.db, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: id, change: { username: null } }),
    );
    t.clock.advance(1);
    await expect(make({ displayName: 'Other', username: 'zoe.k' })).resolves.toBeTruthy();
  });

  test('page by name, each once, and filter', async () => {
    const department = `d${newId()}`;
    const ids = await Promise.all(['Cee', 'Ana', 'Bo', 'Ana'].map((displayName) => make({ displayName, department })));
    const page = async (cursor?: string) =>
      await t.db.tx((tx) => listIdentities(tx, { filter: { department }, limit: 3, cursor }));
    const first = await page();
    const second = await page(first.nextCursor ?? '');
    expect([...first.items, ...second.items].map((i) => i.displayName)).toEqual(['Ana', 'Ana', 'Bo', 'Cee']);
    expect(new Set([...first.items, ...second.items].map((i) => i.id))).toEqual(new Set(ids));
    expect(second.nextCursor).toBeNull();
    const found = await t.db.tx((tx) => listIdentities(tx, { filter: { department, search: 'AN' } }));
    expect(found.items).toHaveLength(2);
    expect((await t.db.tx((tx) => listIdentities(tx, { filter: { department, search: 'A%' } }))).items).toEqual([]);
  });
});

describe('a feed of many', () => {
  const row = (identityId: string, facts: NewIdentityFacts): IdentityRow => ({ identityId, kind: 'person', facts });

  test('creates the unknown, changes what differs and writes nothing for the rest', async () => {
    const [a, b, c] = [newId(), newId(), newId()];
    const rows = [
      row(a, { displayName: 'A', managerId: c, attributes: { grade: 3, site: { city: 'Bern' } } }),
      row(b, { displayName: 'B', managerId: c }),
      row(c, { displayName: 'C' }),
    ];
    expect(await put(rows)).toMatchObject({ created: [a, b, c], changed: [], unchanged: 0 });
    t.clock.advance(DAY);
    const seen: SeenEvent[] = [];
    const result = await put(
      [
        row(a, { displayName: 'A', managerId: c, attributes: { site: { city: 'Bern' }, grade: 3 } }),
        row(b, { displayName: 'B', managerId: c, department: 'Sales' }),
        row(c, { displayName: 'C' }),
      ],
      seen,
    );
    expect(result).toMatchObject({
      created: [],
      unchanged: 2,
      changed: [
        { identityId: b, changed: ['department'], before: { department: null }, after: { department: 'Sales' } },
      ],
    });
    expect(seen).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('Sales');
    expect(
      await t.db.one(
        sql`select count(*) as n from identity_facts_history where identity_id = any(${[a, b, c]}::uuid[])`,
      ),
    ).toEqual({ n: 1 });
  });

  test('leaves facts the feed does not speak of', async () => {
    const id = newId();
    await put([row(id, { displayName: 'D', email: 'd@example.com' })]);
    t.clock.advance(DAY);
    await put([row(id, { displayName: 'D', jobTitle: 'Lead' })]);
    expect(await t.db.tx((tx) => getIdentity(tx, id))).toMatchObject({ email: 'd@example.com', jobTitle: 'Lead' });
  });

  test('keeps what was planned for later', async () => {
    const id = newId();
    await put([row(id, { displayName: 'E', department: 'Finance' })]);
    await write(t.db, (ctx, permit) =>
      changeIdentityFacts(ctx, permit, { identityId: id, change: { department: 'Sales' }, validFrom: days(10) }),
    );
    t.clock.advance(DAY);
    await put([row(id, { displayName: 'E', department: 'Audit' })]);
    expect(await departmentAt(id, t.clock.now())).toBe('Audit');
    expect(await departmentAt(id, days(9))).toBe('Sales');
  });

  test('lets two people swap usernames, and refuses one name for two', async () => {
    const [a, b] = [newId(), newId()];
    await put([row(a, { displayName: 'A', username: `one-${a}` }), row(b, { displayName: 'B', username: `two-${a}` })]);
    t.clock.advance(DAY);
    await put([row(a, { displayName: 'A', username: `two-${a}` }), row(b, { displayName: 'B', username: `one-${a}` })]);
    expect((await t.db.tx((tx) => findIdentityByUsername(tx, `two-${a}`)))?.id).toBe(a);
    t.clock.advance(DAY);
    await expect(put([row(b, { displayName: 'B', username: `two-${a}` })])).rejects.toMatchObject({
      code: 'graph.username_is_one_identitys_at_a_time',
    });
  });

  test('refuses an identity twice in one batch, a manager nobody knows, and changes nothing then', async () => {
    const id = newId();
    await expect(put([row(id, { displayName: 'A' }), row(id, { displayName: 'B' })])).rejects.toMatchObject({
      status: 422,
    });
    await expect(put([row(id, { displayName: 'A', managerId: newId() })])).rejects.toMatchObject({
      code: 'graph.identity_manager_is_an_identity',
    });
    expect(await t.db.tx((tx) => getIdentity(tx, id))).toBeUndefined();
  });

  test('names at most a thousand in one event', async () => {
    const seen: SeenEvent[] = [];
    await put(
      Array.from({ length: 2500 }, (_, i) => row(newId(), { displayName: `P${i}` })),
      seen,
    );
    expect(seen.map((e) => (e.data['created'] as string[]).length)).toEqual([1000, 1000, 500]);
  });
});

describe('what policies know of the one who asks', () => {
  test('admin roles are live grants, direct, through roles and through implied entitlements', async () => {
    const id = await make({ displayName: 'Ada', department: 'IT' });
    const roles = async (): Promise<readonly string[] | undefined> =>
      (await t.db.tx((tx) => loadPrincipal(tx, id)))?.roles;
    expect(await t.db.tx((tx) => loadPrincipal(tx, id))).toMatchObject({
      kind: 'person',
      state: 'active',
      department: 'IT',
      roles: [],
      folders: [],
    });
    const grant = await write(t.db, (ctx, permit) =>
      startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES.auditor,
        origin: 'admin',
        reason: 'x',
        validTo: days(2),
      }),
    );
    await write(t.db, async (ctx, permit) => {
      const inner = await createRole(ctx, permit, { name: 'inner' });
      const outer = await createRole(ctx, permit, { name: 'outer' });
      await setRoleContent(ctx, permit, { roleId: inner.id, entitlementIds: [ADMIN_ROLES.helpdesk], roleIds: [] });
      await setRoleContent(ctx, permit, { roleId: outer.id, entitlementIds: [], roleIds: [inner.id] });
      await startGrant(ctx, permit, { identityId: id, roleId: outer.id, origin: 'admin', reason: 'x' });
      await startGrant(ctx, permit, {
        identityId: id,
        entitlementId: ADMIN_ROLES.administrator,
        origin: 'admin',
        reason: 'x',
        validFrom: days(1),
      });
    });
    expect(await roles()).toEqual(['auditor', 'helpdesk']);
    t.clock.advance(DAY);
    expect(await roles()).toEqual(['administrator', 'auditor', 'helpdesk']);
    t.clock.advance(DAY);
    expect(await roles()).toEqual(['administrator', 'helpdesk']);
    await write(t.db, (ctx, permit) => endGrant(ctx, permit, { grantId: grant.id, because: 'lapsed' }));
    expect(await roles()).toEqual(['administrator', 'helpdesk']);
  });

  test('the unknown have no snapshot, and no id is no error', async () => {
    expect(await t.db.tx((tx) => loadPrincipal(tx, newId()))).toBeUndefined();
    expect(await t.db.tx((tx) => loadPrincipal(tx, 'worker'))).toBeUndefined();
  });
});
