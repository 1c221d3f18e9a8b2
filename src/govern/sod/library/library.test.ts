import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import { directGrantsModule } from '#govern/direct-grants/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  graphModule,
  putEntitlement,
  registerSystem,
  startGrant,
  type AdminRole,
} from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { sodModule } from '../index.ts';
import { LIBRARY, LIBRARY_FUNCTIONS } from './read-library.ts';

let house: House;
const who: Record<string, string> = {};
const id = (name: string): string => who[name] ?? '';

const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));

interface Listed {
  items: {
    id: string;
    state: string;
    aboutReeve: boolean;
    keptBy: string | null;
    ruleId: string | null;
    mode: string;
  }[];
}
const library = async (): Promise<Map<string, Listed['items'][number]>> =>
  new Map((await house.perform<Listed>('sod.library', {}, id('officer'))).items.map((r) => [r.id, r]));

beforeAll(async () => {
  house = await testHouse(({ decide }) => [
    graphModule,
    decideModule({ decide }),
    sodModule({ decide }),
    directGrantsModule,
    builder,
  ]);
  await build(async (ctx, permit) => {
    for (const [name, role] of [
      ['admin', 'administrator'],
      ['officer', 'security_officer'],
      ['auditor', 'auditor'],
      ['certifier', 'campaign_owner'],
      ['desk', 'helpdesk'],
      ['clerk', undefined],
    ] as const) {
      const made = await createIdentity(ctx, permit, { kind: 'person', facts: { displayName: name, username: name } });
      who[name] = made.id;
      if (role !== undefined)
        await startGrant(ctx, permit, {
          identityId: made.id,
          entitlementId: ADMIN_ROLES[role],
          origin: 'admin',
          reason: 'test',
        });
    }
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    for (const [nativeId, name] of [
      ['XK01', 'Supplier master maintenance'],
      ['F110', 'Payment run'],
      ['VA01', 'Sales orders'],
      ['HR', 'Holiday calendar'],
    ] as const)
      await putEntitlement(ctx, permit, { systemId: erp.id, kind: 'group', nativeId, name });
  });
});
afterAll(() => house.close());
beforeEach(() => house.clock.advance(1000));

test('the library is whole: every rule has two functions, a risk and a control, and functions are shared', () => {
  expect([LIBRARY.length, LIBRARY_FUNCTIONS.size]).toEqual([71, 94]);
  for (const rule of LIBRARY) {
    expect(rule.functions).toHaveLength(2);
    expect([rule.risk, rule.control].every((text) => text.length > 10)).toBe(true);
  }
});

describe('twelve rules bind Reeve itself from the first day', () => {
  test('each is in force, or Reeve says how it always keeps to it', async () => {
    const about = [...(await library()).values()].filter((rule) => rule.aboutReeve);
    expect(about).toHaveLength(12);
    expect(about.filter((rule) => rule.state === 'in_force' && rule.mode === 'enforce')).toHaveLength(6);
    expect(about.filter((rule) => rule.state === 'kept' && rule.keptBy !== null)).toHaveLength(6);
  });

  test.each([
    ['auditor', 'administrator'],
    ['auditor', 'security_officer'],
    ['officer', 'administrator'],
    ['certifier', 'administrator'],
    ['desk', 'administrator'],
    ['desk', 'security_officer'],
  ] as const)('whoever is %s cannot become %s', async (name, role: AdminRole) => {
    const given = house.perform(
      'grants.give',
      { identity: name, entitlementId: ADMIN_ROLES[role], because: 'test' },
      id('admin'),
    );
    await expect(given).rejects.toMatchObject({ code: 'sod.conflict' });
  });

  test('nobody loosens a rule they are caught by, and an auditor changes none', async () => {
    const rule = (await library()).get('IT-09')?.ruleId;
    await expect(house.perform('sod.changeRule', { rule, mode: 'record' }, id('auditor'))).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe('a rule of the library', () => {
  const P2P = 'F-maintain-supplier-master';
  const PAY = 'F-execute-supplier-payments';

  test('is adopted, and in force when both its functions are mapped; suggestions go by name and by code', async () => {
    const adopted = await house.perform<{ adopted: string[]; created: string[] }>(
      'sod.adoptRules',
      { ids: ['P2P-01'], mode: 'enforce' },
      id('officer'),
    );
    expect(adopted).toMatchObject({ adopted: ['P2P-01'], created: [] });
    expect((await library()).get('P2P-01')).toMatchObject({ state: 'unmapped', ruleId: null });
    const { suggestions } = await house.perform<{ suggestions: { name: string; likeness: number }[] }>(
      'sod.showFunction',
      { key: P2P },
      id('officer'),
    );
    expect(suggestions.map((s) => s.name)).toEqual(['Supplier master maintenance']);
    const pay = await house.perform<{ suggestions: { name: string }[] }>(
      'sod.showFunction',
      { key: PAY },
      id('officer'),
    );
    expect(pay.suggestions[0]?.name).toBe('Payment run');
    await house.perform('sod.mapFunction', { key: P2P, entitlements: ['erp:XK01'] }, id('officer'));
    const mapped = await house.perform('sod.mapFunction', { key: PAY, entitlements: ['erp:F110'] }, id('officer'));
    expect(mapped).toMatchObject({ created: ['P2P-01'] });
    expect((await library()).get('P2P-01')).toMatchObject({ state: 'in_force', mode: 'enforce' });
  });

  test('follows its mapping: another entitlement, and out of force without any', async () => {
    await house.perform('sod.adoptRules', { process: 'Procure-to-Pay' }, id('officer'));
    expect(
      await house.perform('sod.mapFunction', { key: PAY, entitlements: ['erp:F110', 'erp:VA01'] }, id('officer')),
    ).toMatchObject({ changed: ['P2P-01'], created: [] });
    expect(await house.perform('sod.mapFunction', { key: PAY, entitlements: [] }, id('officer'))).toMatchObject({
      retired: ['P2P-01'],
    });
    expect((await library()).get('P2P-01')).toMatchObject({ state: 'unmapped', ruleId: null, mode: 'enforce' });
  });

  test('retired by a person, it is wanted no more', async () => {
    await house.perform('sod.mapFunction', { key: PAY, entitlements: ['erp:F110'] }, id('officer'));
    const rule = (await library()).get('P2P-01')?.ruleId;
    house.clock.advance(1000);
    await house.perform('sod.retireRule', { rule }, id('officer'));
    house.clock.advance(1000);
    expect((await library()).get('P2P-01')).toMatchObject({ state: 'offered', ruleId: null });
  });

  test('is named as it is in the library, and what the library does not have is refused', async () => {
    for (const [operation, input] of [
      ['sod.adoptRules', { ids: ['P2P-99'] }],
      ['sod.adoptRules', { process: 'Nothing' }],
      ['sod.mapFunction', { key: 'F-nothing', entitlements: [] }],
      ['sod.mapFunction', { key: PAY, entitlements: ['erp:NOPE'] }],
    ] as const)
      await expect(house.perform(operation, input, id('officer'))).rejects.toThrow(/./);
    await expect(house.perform('sod.adoptRules', { ids: ['P2P-01'] }, id('auditor'))).rejects.toMatchObject({
      status: 403,
    });
  });
});
