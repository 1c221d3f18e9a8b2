import { afterAll, beforeAll, expect, test } from 'vitest';
import { entitlementsModule } from '#govern/entitlements/index.ts';
import { sql } from '#kit/db/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });
const [lena, tomas, dana] = [company.person('lena'), company.person('tomas'), company.person('dana')];
const full = (p: { first_name: string; last_name: string }): string => `${p.first_name} ${p.last_name}`;

let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse(() => [entitlementsModule]);
  await house.feed(company.feed);
  const rows = [
    `a1,lena,,,,personal,active,2026-01-01,`,
    `a2,tomas,${full(tomas)},,,personal,active,2026-01-01,`,
    `a3,unknown-one,,,,personal,active,2026-01-01,`,
    `a4,first-admin,,,,personal,active,2026-01-01,`,
    `a5,dd,${full(dana)},,,personal,active,2026-01-01,`,
  ];
  await house.perform(
    'systems.importCsv',
    {
      system: 'desk',
      accounts: `account_id,account_name,display_name,email,employee_id,kind,status,created_on,last_used_at\n${rows.join('\n')}\n`,
      entitlements: 'entitlement_id,kind,name\nx,role,X\n',
      holdings: `account_id,entitlement_id\na1,x\n`,
    },
    house.admin,
  );
  await house.settle(30_000);
  // Whose it is was clear and is known already: a draft is tried on what nobody knows.
  await house.db.run(sql`update account set identity_id = null, linked_because = null where name = 'tomas'`);
});
afterAll(() => house.close());

interface Preview {
  readonly accounts: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly items: readonly {
    readonly accountName: string;
    readonly before: string;
    readonly after: string;
    readonly because: string | null;
    readonly candidates: readonly {
      readonly username: string | null;
      readonly score: number;
      readonly parts: readonly { attribute: string; score: number }[];
    }[];
  }[];
}
const state = (): Promise<unknown> =>
  house.db.one(sql`
    select (select count(*)::int from account where identity_id is not null) as linked,
           (select jsonb_agg(c.state order by c.id) from correlation_case c) as cases,
           (select count(*)::int from correlation_rules) as rules, (select count(*)::int from audit_event) as events`);

test('a draft of the rules shows which accounts would be linked and which become cases, with what speaks for each, and does nothing', async () => {
  const before = await state();
  const draft = { weights: { username: 0.95, fullName: 0.4 }, system: 'desk' };
  const seen = await house.perform<Preview>('correlation.preview', draft, house.admin);
  expect(seen).toMatchObject({
    accounts: 5,
    before: { link: 1, case: 3, nothing: 1 },
    after: { link: 3, case: 0, nothing: 2 },
  });
  const of = Object.fromEntries(seen.items.map((i) => [i.accountName, i]));
  expect(of['lena']).toMatchObject({
    before: 'case',
    after: 'link',
    because: 'username matches (0.95)',
    candidates: [{ username: 'lena', score: 0.95, parts: [{ attribute: 'username', score: 0.95 }] }],
  });
  expect(of['dd']).toMatchObject({ before: 'case', after: 'nothing', candidates: [] });
  expect(of['tomas']).toMatchObject({ before: 'link', after: 'link' });
  expect(seen.items.map((i) => i.accountName).indexOf('tomas')).toBe(seen.items.length - 1);
  expect(await state()).toEqual(before);
});

test('rules that contradict themselves are refused with what is wrong', async () => {
  for (const [draft, pointer] of [
    [{ sure: 0.5 }, '/sure'],
    [{ worthAsking: 0.95 }, '/worthAsking'],
    [{ unlike: 0.9 }, '/unlike'],
    [{ weights: { employeeId: 0, mailAddress: 0, username: 0, fullName: 0, accountElsewhere: 0 } }, '/weights'],
  ] as const)
    for (const operation of ['correlation.putRules', 'correlation.preview'])
      await expect(house.perform(operation, draft, house.admin)).rejects.toMatchObject({
        status: 422,
        errors: [{ pointer }],
      });
});

test('nobody puts rules by which an account would become their own', async () => {
  await expect(
    house.perform('correlation.putRules', { weights: { username: 0.95 } }, house.admin),
  ).rejects.toMatchObject({ status: 403, code: 'account.own_benefit' });
  expect(await house.db.one(sql`select count(*)::int as n from correlation_rules`)).toEqual({ n: 0 });
});

test('put, they do what was shown, and say what they were before', async () => {
  await house.db.run(sql`update account set kind = 'service' where name = 'first-admin'`);
  await house.perform('correlation.putRules', { weights: { username: 0.95, fullName: 0.4 } }, house.admin);
  await house.settle(30_000);
  const owners = await house.db.many<{ name: string; owner: string | null }>(sql`
    select a.name, f.username as owner from account a join system s on s.id = a.system_id and s.name = 'desk'
      left join identity_facts f on f.identity_id = a.identity_id and f.valid_to is null order by a.name`);
  expect(owners).toEqual([
    { name: 'dd', owner: null },
    { name: 'first-admin', owner: null },
    { name: 'lena', owner: lena.username },
    { name: 'tomas', owner: 'tomas' },
    { name: 'unknown-one', owner: null },
  ]);
  expect(await house.perform('correlation.rules', {}, house.admin)).toMatchObject({
    weights: { username: 0.95, employeeId: 0.99 },
    sure: 0.9,
  });
});
