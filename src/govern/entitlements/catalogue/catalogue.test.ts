import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import {
  ADMIN_ROLES,
  addEdge,
  createIdentity,
  createRole,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { countEntries, entitlementsModule, learnWords } from '../index.ts';

const arrange = {
  name: 'arrange',
  policies: `@id("arrange.all") permit (principal == Reeve::Component::"arrange", action == Reeve::Action::"arrange.all", resource);`,
};

let house: House;
let admin: string;
let plain: string;
const ids = new Map<string, string>();
const id = (name: string): string => ids.get(name) ?? '';
interface Found {
  readonly items: readonly {
    readonly id: string;
    readonly name: string;
    readonly privileged: boolean;
    readonly used: string;
  }[];
  readonly nextCursor: string | null;
  readonly total: number;
  readonly correctedTo: string | null;
  readonly facets: Readonly<Record<string, readonly { value: string; name: string; n: number }[]>> | null;
}
const search = (input: object): Promise<Found> => house.perform<Found>('entitlements.search', input, admin);
const names = async (input: object): Promise<string[]> => (await search(input)).items.map((e) => e.name);

beforeAll(async () => {
  house = await testHouse(() => [graphModule, entitlementsModule, arrange]);
  await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
    const person = async (username: string): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: username, username } })).id;
    [admin, plain] = [await person('admin'), await person('plain')];
    await startGrant(ctx, permit, {
      identityId: admin,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    for (const name of ['erp', 'web1']) ids.set(name, (await registerSystem(ctx, permit, { name, kind: 'csv' })).id);
    const put = async (system: string, name: string, more: object = {}): Promise<void> => {
      const made = await putEntitlement(ctx, permit, {
        systemId: id(system),
        kind: 'group',
        nativeId: `group:${name}`,
        name,
        ...more,
      });
      ids.set(name, made.id);
    };
    await put('erp', 'Payroll Approvers', {
      description: 'Releases salaries',
      ownerId: admin,
      requestable: true,
      risk: 'high',
      dataClass: 'confidential',
      regulated: ['pii'],
      tags: ['finance'],
      aliases: ['Lohnfreigabe'],
    });
    await put('erp', 'Vendor Readers', { description: 'Sees vendors', ownerId: admin, tags: ['finance', 'vendors'] });
    await put('web1', 'docker');
    await put('web1', 'deployers');
    await put('web1', 'root shell', { markedPrivileged: true });
    for (const system of ['erp', 'web1']) await learnWords(ctx.tx, id(system));
  });
});
afterAll(() => house.close());

describe('searching the catalogue', () => {
  test('finds by name, description, alias, system and the beginning of a word', async () => {
    expect(await names({ text: 'payroll' })).toEqual(['Payroll Approvers']);
    expect(await names({ text: 'salar' })).toEqual(['Payroll Approvers']);
    expect(await names({ text: 'lohnfrei' })).toEqual(['Payroll Approvers']);
    expect(await names({ text: 'web1 do' })).toEqual(['docker']);
    expect(await names({ text: 've' })).toEqual(['Vendor Readers']);
    expect(await names({ text: "100%_\\'" })).toEqual([]);
  });

  test('finds what was meant where nothing is found for what was typed, and says so', async () => {
    expect(await search({ text: 'payrol aprovers' })).toMatchObject({
      correctedTo: 'payrol approvers',
      items: [{ name: 'Payroll Approvers' }],
    });
    expect(await search({ text: 'zzzzzz' })).toMatchObject({ correctedTo: null, items: [] });
  });

  test('counts each facet under everything asked for but itself', async () => {
    const { facets, total } = await search({ systems: [id('erp')], tags: ['finance'] });
    expect(total).toBe(2);
    const count = (facet: string, value: string): number | undefined =>
      facets?.[facet]?.find((v) => v.value === value)?.n;
    expect(count('system', id('erp'))).toBe(2);
    expect(count('tag', 'vendors')).toBe(1);
    expect(count('risk', 'high')).toBe(1);
    expect(count('dataClass', 'confidential')).toBe(1);
    const critical = await search({ risks: ['critical'] });
    expect(critical.total).toBe(critical.items.length);
    expect(critical.facets?.['risk']?.find((v) => v.value === 'high')?.n).toBeGreaterThan(0);
  });

  test('is paged without holes in every order', async () => {
    const whole = (await search({ limit: 100 })).items.map((e) => e.id).sort();
    for (const sort of ['name', 'risk', 'holders', 'last_used', 'relevance']) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page: Found = await search({ sort, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.items.map((e) => e.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen.toSorted()).toEqual(whole);
    }
  });

  test('use that nothing tells of is unknown and never unused; what nobody ever had was never used', async () => {
    expect((await search({ text: 'docker' })).items[0]?.used).toBe('unknown');
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx) => await countEntries(ctx.tx, id('web1')));
    expect((await search({ text: 'docker' })).items[0]?.used).toBe('never');
    await house.db.run(sql`
      with a as (insert into account (id, system_id, native_id, name, valid_from) values (gen_random_uuid(), ${id('web1')}, 'uid:lena', 'lena', now()) returning id)
      insert into holding (account_id, entitlement_id, observed_at, valid_from) select id, ${id('docker')}, now(), now() from a`);
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx) => await countEntries(ctx.tx, id('web1')));
    expect((await search({ text: 'docker' })).items[0]).toMatchObject({
      used: 'unknown',
      holders: 1,
      lastUsedAt: null,
    });
  });

  test('people who only ask see the catalogue and cannot change it', async () => {
    expect((await house.perform<Found>('entitlements.search', { text: 'payroll' }, plain)).items).toHaveLength(1);
    await expect(
      house.perform('entitlements.describe', { id: id('docker'), risk: 'low' }, plain),
    ).rejects.toMatchObject({ status: 403 });
  });
});

test('what is kept of all entries is what counting them finds, after whatever happened to them', async () => {
  await house.perform(
    'entitlements.describe',
    { id: id('docker'), risk: 'critical', tags: ['build', 'finance'] },
    admin,
  );
  await house.perform('entitlements.describe', { id: id('docker'), risk: 'low', tags: ['build'] }, admin);
  await house.db.run(
    sql`update entitlement set valid_to = now() + interval '1 second' where id = ${id('Vendor Readers')}`,
  );
  const kept = await house.db.many(
    sql`select system_id, facets, label, sum(n)::int as n from catalogue_kind group by 1, 2, 3 having sum(n) <> 0 order by 1, 2, 3`,
  );
  const found = await house.db.many(sql`
    select system_id, facets, null as label, count(*)::int as n from catalogue_entry group by 1, 2
    union all select system_id, facets, l, count(*)::int from catalogue_entry cross join unnest(labels) l group by 1, 2, 3 order by 1, 2, 3`);
  expect(kept).toEqual(found);
});

describe('privilege flows along nesting at once', () => {
  test('a role with a role with a group with a privileged entitlement is privileged, and so is who holds it, right after the change', async () => {
    const [outer, inner] = await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      const made = [];
      for (const name of ['business', 'technical']) made.push((await createRole(ctx, permit, { name })).id);
      const [outerId = '', innerId = ''] = made;
      await setRoleContent(ctx, permit, { roleId: innerId, entitlementIds: [id('deployers')], roleIds: [] });
      await setRoleContent(ctx, permit, { roleId: outerId, entitlementIds: [], roleIds: [innerId] });
      await startGrant(ctx, permit, { identityId: plain, roleId: outerId, origin: 'admin', reason: 'test' });
      return [outerId, innerId];
    });
    const seen = async () => ({
      role: (await house.perform<{ privileged: boolean }>('graph.showRole', { role: outer }, admin)).privileged,
      entry: (await search({ text: 'deployers' })).items[0]?.privileged,
      counted: (await search({ privileged: true })).items.map((e) => e.name).includes('deployers'),
      holder: (
        await house.perform<{ items: { privileged: boolean }[] }>('graph.why', { identity: plain }, admin)
      ).items.some((a) => a.privileged),
    });
    expect(await seen()).toEqual({ role: false, entry: false, counted: false, holder: false });
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      await addEdge(ctx, permit, { parentId: id('deployers'), childId: id('docker') });
      await addEdge(ctx, permit, { parentId: id('docker'), childId: id('root shell') });
    });
    expect(await seen()).toEqual({ role: true, entry: true, counted: true, holder: true });
    await house.perform('entitlements.describe', { id: id('root shell'), markedPrivileged: false }, admin);
    expect(await seen()).toEqual({ role: false, entry: false, counted: false, holder: false });
    await house.perform('entitlements.describe', { id: id('root shell'), markedPrivileged: true }, admin);
    expect(await seen()).toEqual({ role: true, entry: true, counted: true, holder: true });
    expect(inner).toBeDefined();
  });

  test('in circles, and through shared accounts, the kept answer is that of the walk', async () => {
    await house.as('arrange').act({ action: 'arrange.all' }, async (ctx, permit) => {
      await addEdge(ctx, permit, { parentId: id('docker'), childId: id('deployers') });
    });
    await house.perform('entitlements.describe', { id: id('root shell'), markedPrivileged: false }, admin);
    for (const name of ['docker', 'deployers']) expect((await search({ text: name })).items[0]?.privileged).toBe(false);
  });
});
