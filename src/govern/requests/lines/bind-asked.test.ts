import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { putPatterns, roleParametersModule } from '#govern/role-parameters/index.ts';
import { createSodRule, type Permit } from '#spine/decide/index.ts';
import { createRole, startGrant } from '#spine/graph/index.ts';
import { ask, preview } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

let c: SmallCompany;
let asker: string;
let template: string;
beforeAll(async () => {
  c = await smallCompany(() => [roleParametersModule]);
  asker = await c.person('asker', { managerId: c.who.tomas });
  for (const site of ['berlin', 'lyon']) await c.entitlement('git', `app-${site}-admins`);
  const systemId = (await c.house.db.one<{ id: string }>(sql`select id from system where name = 'git'`)).id;
  template = await c.build(async (ctx, permit) => {
    const owned = { description: 'test', ownerId: c.who.priya, requestable: true };
    const { id } = await createRole(ctx, permit, { name: 'Site admin', ...owned });
    await ctx.tx.run(sql`
      insert into role_parameter (role_id, position, name, allowed_values)
      values (${id}, 1, 'site', array['berlin', 'lyon', 'oslo'])`);
    await putPatterns(ctx.tx, id, [{ systemId, pattern: 'app-{site}-admins', validFrom: null, validTo: null }]);
    return id;
  });
});
afterAll(() => c.house.close());

const roles = async (): Promise<number> =>
  (await c.house.db.one<{ n: number }>(sql`select count(*)::int as n from role`)).n;
const line = (site: string) => ({ what: 'role:Site admin', values: { site }, for: '2h' });

test('a template is asked for with values only, and judged and given as the role bound to them', async () => {
  const before = await roles();
  const plain = { what: 'role:Site admin', for: '2h' };
  const seen = await preview(c, asker, { lines: [plain, line('berlin')] });
  expect(seen.lines).toMatchObject([
    { verdict: 'not_requestable', because: expect.stringMatching(/has parameters/) as string },
    { verdict: 'allowed', what: { name: 'Site admin [site=berlin]' } },
  ]);
  expect(await roles(), 'a preview leaves no role behind').toBe(before);
  const request = await ask(c, asker, { lines: [line('berlin')] });
  expect(request.lines).toMatchObject([{ what: { kind: 'role', name: 'Site admin [site=berlin]' } }]);
  expect(await roles()).toBe(before + 1);
  expect((await preview(c, asker, { lines: [line('berlin')] })).lines).toMatchObject([{ verdict: 'asked_already' }]);
  const cart = { reason: 'test', items: [{ roleId: template, values: { site: 'lyon' } }], people: [asker] };
  const order = await c.house.perform<Record<string, unknown>>('orders.start', cart, asker).catch((e: unknown) => e);
  expect(JSON.stringify(order)).toContain('Site admin [site=lyon]');
});

test('values that are not allowed or name nothing are refused, with parameter and value', async () => {
  for (const [site, message] of [
    ['paris', /"paris" is not among/],
    ['oslo', /site=oslo/],
  ] as const)
    for (const way of [preview, ask])
      await expect(way(c, asker, { lines: [line(site)] })).rejects.toMatchObject({
        errors: [{ pointer: '/values/site', detail: expect.stringMatching(message) as string }],
      });
});

test('duties are judged of the values that are asked for', async () => {
  const other = await c.entitlement('git', 'audits');
  const ids = await c.house.db.many<{ id: string }>(
    sql`select id from entitlement where native_id = 'app-lyon-admins'`,
  );
  await c.build(async (ctx, permit) => {
    const person = await c.house.db.one<{ id: string }>(sql`select ${asker}::uuid as id`);
    await startGrant(ctx, permit, { identityId: person.id, entitlementId: other, origin: 'admin', reason: 'test' });
    await createSodRule(ctx, permit as Permit<'sod_rule.create'>, {
      name: 'Lyon is not audited by its admins',
      description: 'test',
      severity: 'high',
      mode: 'enforce',
      functions: [
        { name: 'admin', entitlementIds: ids.map(({ id }) => id) },
        { name: 'audit', entitlementIds: [other] },
      ],
    });
  });
  expect((await preview(c, asker, { lines: [line('lyon')] })).lines).toMatchObject([{ verdict: 'conflict' }]);
});
