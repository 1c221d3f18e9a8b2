import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  ADMIN_ROLES,
  createIdentity,
  createRole,
  graphModule,
  putEntitlement,
  registerSystem,
  setRoleContent,
  startGrant,
} from '#spine/graph/index.ts';
import type { Ctx, Module } from '#spine/operations/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { sodModule } from './index.ts';
import { readRulesCsv, writeRulesCsv } from './rules-csv.ts';

let house: House;
const who: Record<string, string> = {};
const what: Record<string, string> = {};
const id = (of: Record<string, string>, name: string): string => of[name] ?? '';
const builder: Module = {
  name: 'builder',
  policies: `
    @id("builder.builds")
    permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
};
const build = <T>(work: (ctx: Ctx, permit: Permit) => Promise<T>): Promise<T> =>
  house.as('test').act({ action: 'world.build' }, (ctx, permit) => work(ctx, permit));
const as = <T = Record<string, unknown>>(operation: string, input: unknown): Promise<T> =>
  house.perform<T>(operation, input, id(who, 'officer'));

const CSV = [
  'Rule,Severity,Mode,Risk,Org_units,Controls,Function,Entitlement',
  'Make and pay,critical,enforce,Pays who does not exist,"Finance\nAudit","every 30 days by olga: Review, new vendors",make,erp:make',
  'Make and pay,critical,,,,,pay,erp:pay',
  'Make and pay,critical,,,,,pay,erp:pay_by_hand',
].join('\r\n');

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), sodModule({ decide }), builder]);
  await house.db.run(sql`update sod_rule set valid_to = '2000-01-02T00:00:00Z'`);
  await build(async (ctx, permit) => {
    for (const username of ['officer', 'olga', 'both', 'maker', 'payer', 'elsewhere']) {
      const orgUnit = username === 'elsewhere' ? 'Sales' : 'Finance';
      const facts = { displayName: username, username, orgUnit };
      who[username] = (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    }
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    for (const name of ['make', 'pay', 'pay_by_hand', 'read'])
      what[name] = (await putEntitlement(ctx, permit, { systemId: erp.id, kind: 'group', nativeId: name, name })).id;
    const role = await createRole(ctx, permit, { name: 'clerk' });
    what['clerk'] = role.id;
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [id(what, 'read')], roleIds: [] });
    const give = async (name: string, on: { entitlementId?: string; roleId?: string }): Promise<void> => {
      await startGrant(ctx, permit, { identityId: id(who, name), ...on, origin: 'admin', reason: 'test' });
    };
    await give('officer', { entitlementId: ADMIN_ROLES.security_officer });
    for (const name of ['both', 'maker', 'elsewhere']) await give(name, { entitlementId: id(what, 'make') });
    await give('both', { entitlementId: id(what, 'pay') });
    for (const name of ['maker', 'payer', 'elsewhere']) await give(name, { roleId: role.id });
  });
});
beforeEach(() => house.clock.advance(1000));
afterAll(() => house.close());

describe('rules as CSV', () => {
  test('are previewed, imported all or none, and export to the same in both forms', async () => {
    expect(await as('sod.previewImport', { csv: CSV })).toMatchObject({ items: [{ outcome: 'created' }] });
    await as('sod.importRules', { csv: CSV });
    const { items } = await as<{ items: { name: string; controls: object[]; orgUnits: string[] }[] }>(
      'sod.listRules',
      {},
    );
    expect(items).toMatchObject([
      {
        name: 'Make and pay',
        risk: 'Pays who does not exist',
        orgUnits: ['Finance', 'Audit'],
        controls: [{ name: 'Review, new vendors', ownerId: id(who, 'olga'), everyDays: 30 }],
      },
    ]);
    const csv = await as<string>('sod.exportRulesCsv', {});
    const yaml = await as<string>('sod.exportRules', {});
    for (const file of [{ csv }, { yaml }])
      expect(await as('sod.previewImport', file)).toMatchObject({ items: [{ outcome: 'unchanged' }] });
    const moved = csv.replaceAll('Finance', 'Treasury');
    expect(await as('sod.previewImport', { csv: moved })).toMatchObject({
      items: [{ outcome: 'changed', changed: ['orgUnits'] }],
    });
  });

  test('say where they are wrong, and change nothing', async () => {
    for (const [bad, why] of [
      [CSV.replace('pay,erp:pay\r\n', 'pay,\r\n'), /row 2: entitlement is empty/],
      [
        CSV.replace('Make and pay,critical,,,,,pay,erp:pay\r\n', 'Make and pay,low,,,,,pay,erp:pay\r\n'),
        /row 2: severity/,
      ],
      [CSV.replace('every 30 days by olga: Review, new vendors', 'sometimes'), /is no control/],
      [CSV.replace('Severity', 'Severe'), /severity is missing/],
    ] as const)
      await expect(as('sod.importRules', { csv: bad })).rejects.toThrow(why);
    await expect(as('sod.importRules', { csv: CSV, yaml: 'rules: []' })).rejects.toMatchObject({ status: 422 });
    await expect(as('sod.importRules', { csv: CSV.replace('erp:pay_by_hand', 'erp:nope') })).rejects.toMatchObject({
      code: 'sod.file_names_unknown',
    });
  });

  test('come back the same whatever they are called, and no cell is a formula to a spreadsheet', async () => {
    const word = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 })
      .map((s) => s.trim())
      .filter((s) => s !== '');
    const rule = fc.record({
      name: fc.oneof(word, fc.constantFrom('=1+1', '@sum', "'quoted", '-2', '+3')),
      severity: fc.constantFrom('low' as const, 'critical' as const),
      mode: fc.constantFrom('record' as const, 'enforce' as const),
      counts: fc.constant('held' as const),
      functions: fc.uniqueArray(
        fc.record({ name: word, entitlements: fc.array(word, { minLength: 1, maxLength: 3 }) }),
        {
          minLength: 2,
          maxLength: 3,
          selector: (f) => f.name,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(rule, { minLength: 1, maxLength: 5, selector: (r) => r.name.toLowerCase() }),
        async (rules) => {
          const csv = writeRulesCsv(rules);
          expect(csv.split(/\r\n|,/u).filter((cell) => /^"?[=+\-@]/u.test(cell) && !csv.includes('"'))).toEqual([]);
          expect(await readRulesCsv(csv)).toEqual(rules);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('what if', () => {
  test('a role contained something else: who of its holders comes into conflict, and only those the rule is for', async () => {
    const tried = (entitlements: readonly string[]): Promise<Record<string, unknown>> =>
      as('sod.tryRole', { role: id(what, 'clerk'), entitlements });
    expect(await tried(['erp:read', 'erp:pay'])).toMatchObject({
      comes: 1,
      clears: 0,
      blocked: 1,
      people: [{ person: { name: 'maker' }, comes: [{ rule: 'Make and pay' }] }],
    });
    expect(await tried(['erp:read'])).toMatchObject({ comes: 0, people: [] });
  });

  test('and lost something: who is in conflict no more', async () => {
    await build((ctx, permit) =>
      setRoleContent(ctx, permit, {
        roleId: id(what, 'clerk'),
        entitlementIds: [id(what, 'read'), id(what, 'pay')],
        roleIds: [],
      }),
    );
    house.clock.advance(1000);
    const answer = await as('sod.tryRole', { role: id(what, 'clerk'), entitlements: ['erp:read'] });
    expect(answer).toMatchObject({ comes: 0, clears: 1, people: [{ person: { name: 'maker' } }] });
    await build((ctx, permit) =>
      setRoleContent(ctx, permit, { roleId: id(what, 'clerk'), entitlementIds: [id(what, 'read')], roleIds: [] }),
    );
  });

  test('a rule were changed: who comes into conflict and who out of it', async () => {
    const { items } = await as<{ items: { id: string }[] }>('sod.listRules', {});
    const rule = items[0]?.id;
    const functions = [
      { name: 'make', entitlements: ['erp:make'] },
      { name: 'pay', entitlements: ['erp:pay', 'erp:read'] },
    ];
    expect(await as('sod.tryChange', { rule, functions })).toMatchObject({
      before: 1,
      after: 2,
      comes: [{ name: 'maker' }],
      clearsCount: 0,
    });
    expect(await as('sod.tryChange', { rule, functions, orgUnits: ['Sales'] })).toMatchObject({
      comes: [{ name: 'elsewhere' }],
      clears: [{ name: 'both' }],
    });
    expect(await as('sod.tryRule', { functions, personCondition: 'person.username == "maker"' })).toMatchObject({
      count: 1,
      people: [{ name: 'maker' }],
    });
  });
});
