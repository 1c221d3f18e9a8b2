import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createSodRule, decideModule, type Permit } from '#spine/decide/index.ts';
import { roleParametersModule } from '#govern/role-parameters/index.ts';
import { roleVersionsModule } from '#govern/role-versions/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  effectiveAccess,
  endGrant,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';

const policies = `
@id("test.sets_up")
permit (principal == Reeve::Component::"test", action == Reeve::Action::"test.set_up", resource);
`;
const SITES = ['berlin', 'lyon', 'oslo'];
let house: House;
let system: string;
const who: Record<string, string> = {};
const things: Record<string, string> = {};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'test.set_up' }, (ctx, permit) => work(ctx, permit));
const put = async (name: string): Promise<void> => {
  things[name] = (
    await build((ctx, permit) => putEntitlement(ctx, permit, { systemId: system, kind: 'group', nativeId: name, name }))
  ).id;
};

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    roleParametersModule,
    roleVersionsModule({ decide, sessionsEnding: () => Promise.resolve([]) }),
    { name: 'test', policies },
  ]);
  await build(async (ctx, permit) => {
    for (const name of ['drafter', 'owner', 'anna', 'ben', 'cleo', 'dora', 'first', 'second', 'asker'])
      who[name] = (
        await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } })
      ).id;
    await startGrant(ctx, permit, {
      identityId: who['drafter'] ?? '',
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    });
    system = (await registerSystem(ctx, permit, { name: 'apps', kind: 'csv', host: '127.0.0.9', port: 1 })).id;
  });
  for (const site of SITES) for (const kind of ['admins', 'readers', 'pay']) await put(`app-${site}-${kind}`);
  await put('vpn');
});
afterAll(() => house.close());

const id = (name: string): string => things[name] ?? '';
const call = <T = Record<string, unknown>>(operation: string, input: unknown, as = 'drafter'): Promise<T> =>
  house.perform<T>(operation, input, who[as]);
interface Bound {
  readonly id: string;
  readonly name: string;
  readonly made: boolean;
}
const bind = (role: string, values: Record<string, string>, as = 'drafter'): Promise<Bound> =>
  call<Bound>('roleParameters.bind', { role, values }, as);
const draft = async (role: string, patterns: readonly string[], more = {}): Promise<string> =>
  (
    await call<{ id: string }>('roleVersions.draft', {
      role,
      kind: 'business',
      patterns: patterns.map((pattern) => ({ systemId: system, pattern })),
      reason: 'because',
      ...more,
    })
  ).id;
interface Shown {
  readonly impact: {
    state: string;
    stale: string | null;
    bindings: number;
    holders: number;
    gaining: number;
    losing: number;
    gains: number;
    losses: number;
    newConflicts: { people: number }[];
  };
  readonly content: { patterns: { pattern: string; change: string }[] };
}
const look = async (version: string): Promise<Shown> => {
  await call('roleVersions.look', { id: version });
  await house.settle();
  return await call<Shown>('roleVersions.show', { id: version });
};
const publish = async (version: string): Promise<Shown> => {
  const shown = await look(version);
  await call('roleVersions.ask', { id: version });
  await call('roleVersions.publish', { id: version, because: 'looked at', acceptLimits: true }, 'owner');
  return shown;
};
const give = (roleId: string, to: string): Promise<{ id: string }> =>
  build((ctx, permit) =>
    startGrant(ctx, permit, { identityId: who[to] ?? '', roleId, origin: 'admin', reason: 'test' }),
  );
const accessOf = async (name: string): Promise<string[]> =>
  [...new Set((await house.db.tx((tx) => effectiveAccess(tx, who[name] ?? ''))).map((row) => row.name))].sort();
const template = async (
  name: string,
  allowedValues: readonly string[] | undefined = SITES,
  more = {},
): Promise<string> => {
  const role = await call<{ id: string }>('roleVersions.createRole', {
    name,
    description: 'test',
    ownerId: who['owner'],
    ...more,
  });
  await call('roleParameters.set', { role: role.id, parameters: [{ name: 'site', allowedValues }] });
  return role.id;
};

test('a role with a parameter is given for a value, and its binding is the one role for it', async () => {
  const role = await template('Site admin');
  await expect(bind(role, { site: 'berlin' })).rejects.toMatchObject({ code: 'role.nothing_published' });
  await publish(await draft(role, ['app-{site}-admins'], { entitlements: [{ id: id('vpn') }] }));
  const berlin = await bind(role, { site: 'berlin' });
  expect(berlin).toMatchObject({ name: 'Site admin [site=berlin]', made: true });
  expect(await bind('Site admin', { site: 'berlin' })).toEqual({ ...berlin, made: false });
  const both = await Promise.all([bind(role, { site: 'lyon' }), bind(role, { site: 'lyon' })]);
  expect(new Set(both.map((one) => one.id)).size).toBe(1);
  await give(berlin.id, 'anna');
  expect(await accessOf('anna')).toEqual(['app-berlin-admins', 'vpn']);
  expect(await call('roleParameters.bindings', { role })).toMatchObject({
    items: [
      { name: 'Site admin [site=berlin]', values: { site: 'berlin' }, holders: 1, gone: 0 },
      { name: 'Site admin [site=lyon]', holders: 0 },
    ],
  });
  expect(await call('roleParameters.show', { role: berlin.id })).toMatchObject({
    parameters: [],
    bindingOf: { id: role, name: 'Site admin', values: { site: 'berlin' } },
  });
});

test('a value that is not allowed, or with which a pattern names nothing, is refused with parameter and value', async () => {
  const role = await template('Checked');
  await publish(await draft(role, ['app-{site}-admins']));
  const refused = (values: Record<string, string>, message: RegExp) =>
    expect(bind(role, values)).rejects.toMatchObject({
      errors: [{ pointer: '/values/site', detail: expect.stringMatching(message) as string }],
    });
  await refused({ site: 'paris' }, /"paris" is not among/);
  await refused({}, /has no value/);
  await expect(bind(role, { site: 'oslo', tier: 'x' })).rejects.toMatchObject({
    errors: [{ pointer: '/values/tier' }],
  });
  const any = await template('Any site', undefined);
  await call('roleParameters.set', { role: any, parameters: [{ name: 'site' }] });
  await publish(await draft(any, ['app-{site}-admins']));
  await expect(bind(any, { site: 'rome' })).rejects.toMatchObject({
    errors: [{ pointer: '/values/site', detail: expect.stringMatching(/site=rome.*"app-rome-admins"/) as string }],
  });
  await expect(bind(any, { site: '{site}' })).rejects.toMatchObject({ errors: [{ pointer: '/values/site' }] });
  expect((await bind(any, { site: 'oslo' })).made).toBe(true);
  for (const pattern of ['{site}', 'app-{stie}-admins', 'vpn', 'app-{site}-{'])
    await expect(draft(any, [pattern])).rejects.toMatchObject({ errors: [{ pointer: '/patterns/0/pattern' }] });
  await expect(draft(any, [])).rejects.toMatchObject({ errors: [{ pointer: '/patterns' }] });
  // Reeve's own admin roles are behind no pattern.
  const reeve = await house.db.one<{ id: string }>(
    sql`select system_id as id from entitlement where id = ${ADMIN_ROLES.administrator}`,
  );
  const own = await draft(any, [], { patterns: [{ systemId: reeve.id, pattern: '{site}istrator' }] }).catch(
    (e: unknown) => e,
  );
  expect(own).toMatchObject({ errors: [{ pointer: '/values/site' }] });
});

test('the template itself is given to nobody, is in no role and has no rule of its own', async () => {
  const role = await template('Never itself');
  await expect(give(role, 'anna')).rejects.toMatchObject({ code: 'graph.template_is_given_by_its_bindings' });
  const other = await call<{ id: string }>('roleVersions.createRole', { name: 'Contains it' });
  const into = { role: other.id, kind: 'business', roles: [{ id: role }], reason: 'x' };
  await expect(call('roleVersions.draft', into)).rejects.toMatchObject({ errors: [{ pointer: '/roles/0/id' }] });
  for (const insert of [
    sql`insert into role_content (id, role_id, child_role_id, valid_from) values (gen_random_uuid(), ${other.id}, ${role}, now())`,
    sql`insert into birthright_rule (id, name, condition, role_id, valid_from) values (gen_random_uuid(), 'of it', '{}', ${role}, now())`,
    sql`insert into access_grant (id, identity_id, role_id, origin, reason, valid_from) values (gen_random_uuid(), ${who['anna']}, ${role}, 'admin', 'x', now())`,
  ])
    await expect(house.db.run(insert)).rejects.toMatchObject({ constraint: 'template_is_given_by_its_bindings' });
  await give(other.id, 'ben');
  const late = { role: other.id, parameters: [{ name: 'site' }] };
  await expect(call('roleParameters.set', late)).rejects.toMatchObject({ code: 'role.in_use' });
});

test('a version of the template changes all its bindings at once, as its one report says, and only so', async () => {
  const role = await template('Followed');
  await publish(await draft(role, ['app-{site}-admins']));
  const [berlin, lyon] = [await bind(role, { site: 'berlin' }), await bind(role, { site: 'lyon' })];
  for (const [binding, name] of [
    [berlin, 'dora'],
    [berlin, 'ben'],
    [lyon, 'cleo'],
  ] as const)
    await give(binding.id, name);
  await expect(draft(berlin.id, [])).rejects.toMatchObject({ code: 'role_version.of_binding' });
  await expect(call('roleVersions.describeRole', { role: berlin.id, description: 'other' })).rejects.toMatchObject({
    code: 'role.is_binding',
  });
  const rule = {
    name: 'Lyon pays nobody it reads',
    description: 'test',
    severity: 'high' as const,
    mode: 'warn' as const,
    functions: [
      { name: 'pay', entitlementIds: [id('app-lyon-pay')] },
      { name: 'read', entitlementIds: [id('app-lyon-readers')] },
    ],
  };
  await build((ctx, permit) => createSodRule(ctx, permit as Permit<'sod_rule.create'>, rule));
  const version = await draft(role, ['app-{site}-readers', 'app-{site}-pay']);
  const shown = await look(version);
  expect(shown.impact).toMatchObject({ bindings: 2, holders: 3, gaining: 3, losing: 3, gains: 6, losses: 3 });
  expect(shown.impact.newConflicts).toMatchObject([{ people: 1 }]);
  expect(shown.content.patterns.map((p) => p.change)).toEqual(['added', 'added', 'removed']);
  // What is bound since, its report does not speak of.
  await call('roleVersions.ask', { id: version });
  await bind(role, { site: 'oslo' });
  await expect(
    call('roleVersions.publish', { id: version, because: 'x', acceptLimits: true }, 'owner'),
  ).rejects.toMatchObject({ code: 'role_version.report_stale' });
  await look(version);
  await call('roleVersions.publish', { id: version, because: 'x', acceptLimits: true }, 'owner');
  expect(await accessOf('ben')).toEqual(['app-berlin-pay', 'app-berlin-readers']);
  expect(await accessOf('cleo')).toEqual(['app-lyon-pay', 'app-lyon-readers']);
  await call('roleVersions.describeRole', { role, description: 'for sites' });
  expect(await call('graph.showRole', { role: lyon.id })).toMatchObject({ description: 'for sites' });
});

test('what one binding loses and another gains is a loss and a gain of their people', async () => {
  const role = await template('Swapped');
  const parameters = ['a', 'b'].map((name) => ({ name, allowedValues: SITES }));
  await call('roleParameters.set', { role, parameters });
  await publish(await draft(role, ['app-{a}-admins', 'app-{b}-readers']));
  const [one, other] = [await bind(role, { a: 'oslo', b: 'lyon' }), await bind(role, { a: 'lyon', b: 'oslo' })];
  await give(one.id, 'first');
  await give(other.id, 'second');
  const { impact } = await publish(await draft(role, ['app-{b}-admins', 'app-{a}-readers']));
  expect(impact).toMatchObject({ bindings: 2, gaining: 2, losing: 2, gains: 4, losses: 4 });
  expect(await accessOf('first')).toEqual(['app-lyon-admins', 'app-oslo-readers']);
});

test('what a binding gives and its system no longer has is shown as gone, and the next version keeps it so', async () => {
  for (const kind of ['admins', 'readers']) await put(`app-bonn-${kind}`);
  const role = await template('Gone', [...SITES, 'bonn']);
  await publish(await draft(role, ['app-{site}-admins']));
  const bonn = await bind(role, { site: 'bonn' });
  await give(bonn.id, 'asker');
  await house.db.run(sql`update entitlement set valid_to = reeve_now() where id = ${id('app-bonn-admins')}`);
  expect(await call('graph.showRole', { role: bonn.id })).toMatchObject({
    entitlements: [{ name: 'app-bonn-admins', goneSince: expect.any(String) as string }],
  });
  expect(await call('roleParameters.bindings', { role })).toMatchObject({ items: [{ gone: 1 }] });
  await publish(await draft(role, ['app-{site}-admins', 'app-{site}-readers']));
  expect(await accessOf('asker')).toEqual(['app-bonn-readers']);
  const paying = draft(role, ['app-{site}-pay']);
  await expect(paying).rejects.toMatchObject({ errors: [{ pointer: '/values/site' }] });
});

test('whoever may ask for a template may bind it, and nobody else', async () => {
  const open = await template('Open', SITES, { requestable: true });
  const shut = await template('Shut');
  for (const role of [open, shut]) await publish(await draft(role, ['app-{site}-admins']));
  expect(await bind(open, { site: 'oslo' }, 'asker')).toMatchObject({ made: true });
  await expect(bind(shut, { site: 'oslo' }, 'asker')).rejects.toMatchObject({ status: 403 });
});

test('a template is retired with its bindings, and not while somebody has one', async () => {
  const role = await template('Ending');
  await publish(await draft(role, ['app-{site}-admins']));
  const oslo = await bind(role, { site: 'oslo' });
  await bind(role, { site: 'lyon' });
  await expect(call('roleParameters.set', { role, parameters: [{ name: 'place' }] })).rejects.toMatchObject({
    code: 'role.in_use',
  });
  const held = await give(oslo.id, 'anna');
  await expect(call('roleVersions.retireRole', { role })).rejects.toMatchObject({ code: 'role.in_use' });
  await build((ctx, permit) => endGrant(ctx, permit, { grantId: held.id, because: 'test' }));
  await call('roleVersions.retireRole', { role: oslo.id });
  const again = await bind(role, { site: 'oslo' });
  expect(again.id).not.toBe(oslo.id);
  await call('roleVersions.retireRole', { role });
  const left = await house.db.many(sql`select 1 from role where id in (${role}, ${again.id}) and valid_to is null`);
  expect(left).toEqual([]);
  await expect(bind(role, { site: 'oslo' })).rejects.toMatchObject({ code: 'role.no_template' });
});
