import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { decideModule, type Permit } from '#spine/decide/index.ts';
import {
  addEdge,
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
import { readRules, writeRules } from './rules-file.ts';

let house: House;
let officer: string;
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
const person = (name: string): Promise<string> =>
  build(async (ctx, permit) => {
    const { id: made } = await createIdentity(ctx, permit, {
      kind: 'person',
      facts: { displayName: name, username: name },
    });
    who[name] = made;
    return made;
  });
const give = (name: string, grant: { entitlementId?: string; roleId?: string }, validTo?: Date): Promise<void> =>
  build(async (ctx, permit) => {
    await startGrant(ctx, permit, { identityId: id(who, name), ...grant, validTo, origin: 'admin', reason: 'test' });
  });

const FILE = `
rules:
  - name: Make vendors and pay them
    severity: critical
    mode: enforce
    owner: rule-owner
    functions:
      - { name: make vendors, entitlements: ['erp:create_vendor'] }
      - { name: pay vendors, entitlements: ['erp:pay_vendor', 'erp:pay_by_hand'] }
  - name: Deploy and approve
    severity: high
    systems: [git]
    functions:
      - { name: deploy, entitlements: ['git:deploy'] }
      - { name: approve, entitlements: ['git:approve'] }
`;
interface Found {
  items: {
    identity: { id: string; name: string };
    violations: { rule: string; since: string | null; sides: { paths: { name: string }[][] }[] }[];
  }[];
  nextCursor: string | null;
}
const violations = (input: Record<string, unknown> = {}): Promise<Found> =>
  house.perform<Found>('sod.violations', input, officer);

beforeAll(async () => {
  house = await testHouse(({ decide }) => [graphModule, decideModule({ decide }), sodModule({ decide }), builder]);
  // The rules that bind Reeve itself have tests of their own.
  await house.db.run(sql`update sod_rule set valid_to = '2000-01-02T00:00:00Z'`);
  officer = await person('joaquin');
  await give('joaquin', { entitlementId: ADMIN_ROLES.security_officer });
  await person('rule-owner');
  await build(async (ctx, permit) => {
    const erp = await registerSystem(ctx, permit, { name: 'erp', kind: 'csv' });
    const git = await registerSystem(ctx, permit, { name: 'git', kind: 'csv' });
    for (const [systemId, name] of [
      [erp.id, 'create_vendor'],
      [erp.id, 'pay_vendor'],
      [erp.id, 'pay_by_hand'],
      [git.id, 'deploy'],
      [git.id, 'approve'],
      [git.id, 'releasers'],
    ] as const)
      what[name] = (await putEntitlement(ctx, permit, { systemId, kind: 'group', nativeId: name, name })).id;
    await addEdge(ctx, permit, { parentId: id(what, 'releasers'), childId: id(what, 'deploy') });
    const role = await createRole(ctx, permit, { name: 'ap_clerk' });
    what['ap_clerk'] = role.id;
    await setRoleContent(ctx, permit, { roleId: role.id, entitlementIds: [id(what, 'pay_vendor')], roleIds: [] });
  });
});
afterAll(() => house.close());

test('a file of rules is previewed, imported whole, and imports to nothing new when it was exported', async () => {
  const previewed = await house.perform('sod.previewImport', { yaml: FILE }, officer);
  expect(previewed).toMatchObject({ items: [{ outcome: 'created' }, { outcome: 'created' }] });
  expect(await house.perform('sod.listRules', {}, officer)).toMatchObject({ items: [] });
  await house.perform('sod.importRules', { yaml: FILE }, officer);
  const yaml = await house.perform<string>('sod.exportRules', {}, officer);
  expect(yaml).toContain('erp:pay_by_hand');
  expect(await house.perform('sod.previewImport', { yaml }, officer)).toMatchObject({
    items: [{ outcome: 'unchanged' }, { outcome: 'unchanged' }],
  });
  const changed = yaml.replace('severity: high', 'severity: low');
  expect(await house.perform('sod.importRules', { yaml: changed }, officer)).toMatchObject({
    items: [{ name: 'Deploy and approve', outcome: 'changed', changed: ['severity'] }, { outcome: 'unchanged' }],
  });
});

test('a file with a name that means nothing changes nothing and names it', async () => {
  const bad = FILE.replace('git:approve', 'git:aprove').replace('severity: critical', 'severity: low');
  await expect(house.perform('sod.importRules', { yaml: bad }, officer)).rejects.toMatchObject({
    code: 'sod.file_names_unknown',
    errors: [{ detail: expect.stringContaining('git:aprove') as string }],
  });
  expect(await house.perform('sod.listRules', {}, officer)).toMatchObject({ items: [{}, { severity: 'critical' }] });
});

test('what is no file of rules is refused with its place, and a small file does not unfold into a large one', () => {
  for (const yaml of [
    'rules: []',
    'nothing',
    '{',
    'rules:\n  - name: x',
    FILE.replace('mode: enforce', 'mode: later'),
    FILE.replace('mode: enforce', 'mode: enforce\n    mode: record'),
    FILE.replace('mode: enforce', 'surprise: 1'),
    FILE.replace('Deploy and approve', 'MAKE vendors AND pay them'),
    'a: &a [x]\nrules: [*a, *a, *a]',
  ])
    expect(() => readRules(yaml), yaml).toThrow(/./);
});

test('rules written to a file are read back the same, whatever they are called', () => {
  const word = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }).filter((s) => s.trim() !== '');
  const rule = fc.record({
    name: word,
    severity: fc.constantFrom('low' as const, 'critical' as const),
    mode: fc.constantFrom('record' as const, 'enforce' as const),
    counts: fc.constant('held' as const),
    functions: fc.array(fc.record({ name: word, entitlements: fc.array(word, { minLength: 1, maxLength: 3 }) }), {
      minLength: 2,
      maxLength: 3,
    }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(rule, { minLength: 1, maxLength: 5, selector: (r) => r.name.toLowerCase() }),
      (rules) => {
        expect(readRules(writeRules(rules))).toEqual(rules);
      },
    ),
    { numRuns: 500 },
  );
});

test('who is in conflict is found with both paths, through roles and nested groups, and since when', async () => {
  await person('beatrix');
  await give('beatrix', { entitlementId: id(what, 'create_vendor') });
  house.clock.advance(60_000);
  const second = house.clock.now();
  await give('beatrix', { roleId: id(what, 'ap_clerk') });
  await person('ruben');
  await give('ruben', { entitlementId: id(what, 'releasers') });
  await give('ruben', { entitlementId: id(what, 'approve') });
  await person('innocent');
  await give('innocent', { entitlementId: id(what, 'create_vendor') });
  await give('innocent', { entitlementId: id(what, 'approve') });
  house.clock.advance(60_000);

  const { items } = await violations();
  expect(items.map((i) => i.identity.name).sort()).toEqual(['beatrix', 'ruben']);
  const beatrix = items.find((i) => i.identity.name === 'beatrix')?.violations[0];
  expect(beatrix?.rule).toBe('Make vendors and pay them');
  expect(beatrix?.since).toBe(second.toISOString());
  expect(beatrix?.sides[1]?.paths[0]?.map((s) => s.name)).toEqual(expect.arrayContaining(['ap_clerk', 'pay_vendor']));
  const ruben = items.find((i) => i.identity.name === 'ruben')?.violations[0];
  expect(ruben?.sides[0]?.paths[0]?.map((s) => s.name)).toEqual(expect.arrayContaining(['releasers', 'deploy']));
});

test('pages go through everybody once, and a person or a rule can be asked about alone', async () => {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await violations({ limit: 1, ...(cursor === undefined ? {} : { cursor }) });
    names.push(...page.items.map((i) => i.identity.name));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(names.sort()).toEqual(['beatrix', 'ruben']);
  expect((await violations({ identityId: id(who, 'ruben') })).items).toHaveLength(1);
  const rules = await house.perform<{ items: { id: string; name: string }[] }>('sod.listRules', {}, officer);
  const ruleId = rules.items.find((r) => r.name === 'Make vendors and pay them')?.id;
  expect((await violations({ ruleId })).items.map((i) => i.identity.name)).toEqual(['beatrix']);
});

test('a rule can be tried before it is made', async () => {
  const tried = await house.perform(
    'sod.tryRule',
    {
      functions: [
        { name: 'a', entitlements: ['erp:create_vendor'] },
        { name: 'b', entitlements: ['git:approve'] },
      ],
    },
    officer,
  );
  expect(tried).toMatchObject({ count: 1, people: [{ name: 'innocent' }] });
});

test('an exception hides a violation until it lapses; then it is back and the owners are told', async () => {
  const rules = await house.perform<{ items: { id: string; name: string }[] }>('sod.listRules', {}, officer);
  const rule = rules.items.find((r) => r.name === 'Make vendors and pay them')?.id;
  const control = await person('controller');
  await house.perform(
    'sod.grantException',
    {
      rule,
      identity: 'beatrix',
      reason: 'small office',
      control: 'monthly look at payments',
      controlOwnerId: control,
      validTo: new Date(house.clock.now().getTime() + 3_600_000).toISOString(),
    },
    officer,
  );
  expect((await violations()).items.map((i) => i.identity.name)).toEqual(['ruben']);
  house.clock.advance(3_600_001);
  expect((await violations()).items.map((i) => i.identity.name).sort()).toEqual(['beatrix', 'ruben']);
  await house.registry.jobs.get('decide.announceLapsedExceptions')?.run(house.as('decide'), {});
  await house.settle();
  const told = await house.db.many<{ data: { to: string[]; template: string } }>(
    sql`select data from audit_event where type = 'notice.wanted'`,
  );
  expect(told.map((t) => t.data.template)).toEqual(['sod.exception_lapsed']);
  expect(told[0]?.data.to.sort()).toEqual([control, id(who, 'rule-owner')].sort());
});

test('who runs, watches or audits nothing sees no violations', async () => {
  await expect(house.perform('sod.violations', {}, id(who, 'innocent'))).rejects.toMatchObject({ status: 403 });
  await expect(house.perform('sod.importRules', { yaml: FILE }, id(who, 'innocent'))).rejects.toMatchObject({
    status: 403,
  });
});
