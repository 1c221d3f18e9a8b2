import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { newId } from '#kit/ids/index.ts';
import { decideModule, sodVerdict, type Permit } from '#spine/decide/index.ts';
import { directGrantsModule } from '#govern/direct-grants/index.ts';
import { entitlementsModule } from '#govern/entitlements/index.ts';
import { birthrightChanges, lifecycleModule } from '#govern/lifecycle/index.ts';
import { roleParametersModule } from '#govern/role-parameters/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import { massChangesModule } from '#spine/mass-changes/index.ts';
import {
  ADMIN_ROLES,
  changeIdentityFacts,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

/** Who has the roles bound to a template by its rule, what these exclude, and what that costs: said once, in its versions. */

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
const SITES = ['berlin', 'oslo'];
let house: House;
let system: string;
const who: Record<string, string> = {};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) => work(ctx, permit));

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    massChangesModule([birthrightChanges]),
    lifecycleModule({ targets: {} as never }),
    entitlementsModule,
    directGrantsModule,
    roleParametersModule,
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const [name, orgUnit] of [
      ['drafter', 'hq'],
      ['owner', 'hq'],
      ['officer', 'hq'],
      ['anna', 'berlin'],
      ['bert', 'berlin'],
      ['olga', 'oslo'],
      ['rita', 'rome'],
    ] as const) {
      const facts = { displayName: name, username: name, orgUnit, department: 'Site' };
      who[name] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    }
    for (const [name, entitlementId] of [
      ['drafter', ADMIN_ROLES.administrator],
      ['officer', ADMIN_ROLES.security_officer],
    ] as const)
      await startGrant(ctx, permit, { identityId: who[name] ?? '', entitlementId, origin: 'admin', reason: 'test' });
    system = (await registerSystem(ctx, permit, { name: 'apps', kind: 'csv' })).id;
    for (const site of [...SITES, 'rome']) {
      const name = `app-${site}`;
      const { id } = await putEntitlement(ctx, permit, { systemId: system, kind: 'group', nativeId: name, name });
      await ctx.tx.run(
        sql`update entitlement set licence = 'Suite', licence_cost = 10, licence_currency = 'EUR' where id = ${id}`,
      );
    }
  });
});
afterAll(() => house.close());

const perform = <T = Record<string, unknown>>(operation: string, input: unknown, as = 'drafter'): Promise<T> =>
  house.perform<T>(operation, input, who[as]);
interface Shown {
  readonly impact: Record<string, unknown>;
  readonly whom: { readonly assignment: { readonly personCondition: string } | null };
}
const template = async (allowedValues: readonly string[] | undefined = SITES): Promise<string> => {
  const made = await perform<{ id: string }>('roleVersions.createRole', {
    name: `site ${newId()}`,
    description: 'test',
    ownerId: who['owner'],
  });
  await perform('roleParameters.set', { role: made.id, parameters: [{ name: 'site', allowedValues }] });
  return made.id;
};
const AT_THEIR_SITE = { personCondition: 'person.orgUnit == parameter.site', graceDays: 0 };
const draft = async (role: string, more: object = {}): Promise<string> =>
  (
    await perform<{ id: string }>('roleVersions.draft', {
      role,
      kind: 'business',
      patterns: [{ systemId: system, pattern: 'app-{site}' }],
      reason: 'because',
      ...more,
    })
  ).id;
const putOut = async (version: string, as = 'officer'): Promise<Shown> => {
  await perform('roleVersions.look', { id: version });
  await house.settle();
  const shown = await perform<Shown>('roleVersions.show', { id: version });
  await perform('roleVersions.ask', { id: version });
  await perform('roleVersions.publish', { id: version, because: 'looked at', acceptLimits: true }, as);
  await house.settle();
  return shown;
};
interface Binding {
  readonly id: string;
  readonly values: { readonly site: string };
  readonly rule: string | null;
}
const bindings = async (role: string): Promise<Record<string, Binding>> =>
  Object.fromEntries(
    (await perform<{ items: Binding[] }>('roleParameters.bindings', { role, limit: 100 })).items.map((one) => [
      one.values.site,
      one,
    ]),
  );
/** Who was granted each role bound to a template. */
const holders = async (role: string): Promise<Record<string, readonly string[]>> => {
  const rows = await house.db.many<{ site: string; names: string[] }>(sql`
    select b.chosen ->> 'site' as site,
           array(select f.username from access_grant g join identity_facts f on f.identity_id = g.identity_id and f.valid_to is null
                  where g.role_id = b.role_id and g.ended_because is null and g.started order by 1) as names
      from role_binding b where b.template_id = ${role} and b.ended_at is null`);
  return Object.fromEntries(rows.map(({ site, names }) => [site, names]));
};
const outcome = async (name: string, roleId: string): Promise<string> =>
  (await house.db.tx((tx) => sodVerdict(tx, who[name] ?? '', [{ roleId, validFrom: tx.now, validTo: null }]))).outcome;

test('a rule that speaks of a parameter gives each value’s role to whoever fits it, as its one report said, licences too', async () => {
  const role = await template();
  const version = await draft(role, { assignment: AT_THEIR_SITE });
  // Drafting gives nobody anything.
  expect(await holders(role)).toEqual({ berlin: [], oslo: [] });
  const { impact } = await putOut(version);
  expect(impact).toMatchObject({
    bindings: 2,
    assigned: 3,
    gaining: 3,
    gains: 3,
    licences: [{ product: 'Suite', gained: 3, freed: 0 }],
    costs: [{ currency: 'EUR', perMonth: 30 }],
  });
  expect(await holders(role)).toEqual({ berlin: ['anna', 'bert'], oslo: ['olga'] });
  expect((await bindings(role))['oslo']?.rule).toBe('person.orgUnit == "oslo"');
  expect(await perform('roleVersions.whom', { role })).toMatchObject({ assignment: AT_THEIR_SITE });

  // Who moves comes and goes by it, as by any rule.
  await build((ctx, permit) =>
    changeIdentityFacts(ctx, permit, { identityId: who['bert'] ?? '', change: { orgUnit: 'oslo' } }),
  );
  const again = await putOut(await draft(role, { exceptPeople: [who['olga']] }));
  expect(again.whom.assignment).toMatchObject(AT_THEIR_SITE);
  expect(again.impact).toMatchObject({ assigned: 1, unassigned: 2 });
  expect(await holders(role)).toEqual({ berlin: ['anna'], oslo: ['bert'] });

  const none = await putOut(await draft(role, { assignment: null }));
  expect(none.impact).toMatchObject({ losing: 2, licences: [{ product: 'Suite', gained: 0, freed: 2 }] });
  expect(await holders(role)).toEqual({ berlin: [], oslo: [] });
  expect(await perform('roleVersions.whom', { role })).toMatchObject({ assignment: null });
});

test('a value that comes later gives nobody anything until a version is published, and passes over whom that passes over', async () => {
  const role = await template();
  await putOut(await draft(role, { assignment: AT_THEIR_SITE, exceptPeople: [who['anna']] }));
  const parameters = [{ name: 'site', allowedValues: [...SITES, 'rome'] }];
  await perform('roleParameters.set', { role, parameters });
  const rome = await perform<{ id: string }>('roleParameters.bind', { role, values: { site: 'rome' } });
  expect((await bindings(role))['rome']).toMatchObject({ rule: null });
  expect(await house.db.many(sql`select identity_id from role_except_person where role_id = ${rome.id}`)).toEqual([
    { identityId: who['anna'] },
  ]);
  expect((await holders(role))['rome']).toEqual([]);
  const { impact } = await putOut(await draft(role));
  expect(impact).toMatchObject({ bindings: 3, assigned: 1, gaining: 1 });
  expect((await holders(role))['rome']).toEqual(['rita']);
});

test('what a template excludes every role bound to it excludes, also one bound later, by one rule', async () => {
  const role = await template();
  const audit = await perform<{ id: string }>('roleVersions.createRole', { name: `audit ${newId()}` });
  await putOut(await draft(role));
  const oslo = await perform<{ id: string }>('roleParameters.bind', { role, values: { site: 'oslo' } });
  await putOut(await draft(role, { excludes: [{ roleId: audit.id }] }));
  await build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: who['rita'] ?? '', roleId: audit.id, origin: 'admin', reason: 'test' }),
  );
  const berlin = await perform<{ id: string }>('roleParameters.bind', { role, values: { site: 'berlin' } });
  expect([await outcome('rita', oslo.id), await outcome('rita', berlin.id)]).toEqual(['blocked', 'blocked']);
  expect(await outcome('anna', berlin.id)).toBe('clear');
  const rules = await house.db.many(sql`select rule_id from role_exclusion where role_id = ${role}`);
  expect(rules).toHaveLength(1);

  // The other way about too: an ordinary role that excludes the template.
  const other = await perform<{ id: string }>('roleVersions.createRole', { name: `desk ${newId()}` });
  const desk = { role: other.id, kind: 'business', reason: 'because', excludes: [{ roleId: role }] };
  await putOut((await perform<{ id: string }>('roleVersions.draft', desk)).id);
  await build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: who['bert'] ?? '', roleId: oslo.id, origin: 'admin', reason: 'test' }),
  );
  expect(await outcome('bert', other.id)).toBe('blocked');
  await putOut(await draft(role, { excludes: [] }));
  house.clock.advance(1_000);
  expect(await outcome('rita', berlin.id)).toBe('clear');
});

test('a rule that cannot be followed is refused when it is drafted', async () => {
  const role = await template();
  const refused = (assignment: object, message: RegExp) =>
    expect(draft(role, { assignment: { graceDays: 0, ...assignment } })).rejects.toMatchObject({
      errors: [{ pointer: '/assignment/personCondition', detail: expect.stringMatching(message) as string }],
    });
  await refused({ personCondition: 'person.orgUnit == parameter.town' }, /parameter "town"/);
  await refused({ personCondition: 'person.orgUnit ==' }, /./);
  await refused({ personCondition: 'parameter.site' }, /true or false/);
  const plain = await perform<{ id: string }>('roleVersions.createRole', { name: `plain ${newId()}` });
  await expect(
    perform('roleVersions.draft', { role: plain.id, kind: 'it', reason: 'x', assignment: AT_THEIR_SITE }),
  ).rejects.toMatchObject({ errors: [{ pointer: '/assignment/personCondition' }] });
  const bound = await perform<{ id: string }>('roleVersions.createRole', { name: `own ${newId()}` });
  await perform('roleParameters.set', { role: bound.id, parameters: [{ name: 'site', allowedValues: SITES }] });
  await putOut(await draft(bound.id));
  const own = await perform<{ id: string }>('roleParameters.bind', { role: bound.id, values: { site: 'oslo' } });
  await expect(draft(bound.id, { excludes: [{ roleId: own.id }] })).rejects.toMatchObject({
    errors: [{ pointer: '/excludes/0/roleId' }],
  });
});
