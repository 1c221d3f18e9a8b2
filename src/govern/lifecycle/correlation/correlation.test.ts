import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { entitlementsModule } from '#govern/entitlements/index.ts';
import { generateCompany, PLANTED_FAULTS } from '#test/fixtures/company/index.ts';
import { lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });
let house: LifecycleHouse;
beforeAll(async () => {
  house = await lifecycleHouse(() => [entitlementsModule]);
  await house.feed(company.feed);
  for (const name of company.systems.keys()) {
    const file = (table: string): string => company.files.get(`${name}/${table}.csv`) ?? '';
    await house.perform(
      'systems.importCsv',
      {
        system: name,
        accounts: file('accounts'),
        entitlements: file('entitlements'),
        holdings: file('holdings'),
        nesting: file('nesting'),
      },
      house.admin,
    );
  }
  await house.settle(60_000);
});
afterAll(() => house.close());

interface Case {
  readonly id: string;
  readonly accountName: string;
  readonly systemName: string;
  readonly candidates: readonly { readonly identityId: string; readonly username: string; readonly score: number }[];
}
const cases = async (): Promise<readonly Case[]> =>
  (await house.perform<{ items: Case[] }>('correlation.list', { limit: 500 }, house.admin)).items;

test('every personal account of the company is its person’s, with the reason, and nobody else’s', async () => {
  const rows = await house.db.many<{ name: string; system: string; owner: string | null; because: string | null }>(sql`
    select a.name, s.name as system, f.username as owner, a.linked_because as because from account a
      join system s on s.id = a.system_id left join identity_facts f on f.identity_id = a.identity_id and f.valid_to is null
     where a.kind = 'personal'`);
  const planted = new Set(PLANTED_FAULTS.orphans.map((o) => `${o.account}@${o.system}`));
  expect(rows.length).toBeGreaterThan(500);
  for (const row of rows.filter((r) => !planted.has(`${r.name}@${r.system}`))) {
    expect([row.system, row.name, row.owner]).toEqual([row.system, row.name, row.name]);
    expect(row.because).toMatch(/match(es)? \(0\.9\d|1\.00\)/);
  }
});

test('accounts of nobody stay nobody’s', async () => {
  for (const { account, system } of PLANTED_FAULTS.orphans.filter((o) => company.systems.has(o.system))) {
    const row = await house.db.one<{ identityId: string | null }>(sql`
      select a.identity_id from account a join system s on s.id = a.system_id where a.name = ${account} and s.name = ${system}`);
    expect([account, system, row.identityId]).toEqual([account, system, null]);
  }
  expect(await cases()).toEqual([]);
});

test('an account that may be two people’s waits for a person, who says whose it is', async () => {
  const [one, two] = [company.person('lena'), company.person('tomas')];
  const row = `X-1,${one.username},${two.first_name} ${two.last_name},${one.email},,personal,active,2026-01-01,`;
  const take = () =>
    house.perform(
      'systems.importCsv',
      {
        system: 'desk',
        accounts: `account_id,account_name,display_name,email,employee_id,kind,status,created_on,last_used_at\n${row}\n`,
        entitlements: 'entitlement_id,kind,name\nx,role,X\n',
        holdings: 'account_id,entitlement_id\nX-1,x\n',
      },
      house.admin,
    );
  await take();
  await house.settle();
  const [open] = await cases();
  expect(open).toMatchObject({ accountName: 'lena', systemName: 'desk' });
  expect(open?.candidates).toMatchObject([
    { username: 'tomas', score: 0.8, parts: [{ attribute: 'full name' }] },
    {
      username: 'lena',
      parts: [{ attribute: 'mail address' }, { attribute: 'username' }, { attribute: 'account elsewhere' }],
    },
  ]);
});

test('somebody who decided that an account is nobody’s is not asked again', async () => {
  const [open] = await cases();
  if (open === undefined) throw new Error('no case');
  const because = 'used by the whole desk';
  await house.perform('correlation.resolve', { id: open.id, identityId: null, because }, house.admin);
  await house.perform('correlation.look', {}, house.admin);
  await house.settle();
  expect(await cases()).toEqual([]);
  const own = { id: open.id, identityId: house.admin, because };
  await expect(house.perform('correlation.resolve', own, house.admin)).rejects.toMatchObject({
    code: 'correlation.resolved',
  });
});
