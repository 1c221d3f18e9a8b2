import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { createIdentity } from '#spine/graph/index.ts';
import { generateCompany } from '#test/fixtures/company/index.ts';
import { lifecycleHouse, TODAY, type LifecycleHouse } from '../testing/lifecycle-house.ts';

const company = generateCompany({ today: TODAY });
const [dana, lena, tomas] = [company.person('dana'), company.person('lena'), company.person('tomas')];

let house: LifecycleHouse;
let ids: Record<string, string>;
beforeAll(async () => {
  house = await lifecycleHouse();
  ids = await house.as('test').act({ action: 'test.set_up' }, async (ctx, permit) => {
    const here = async (displayName: string, username: string, email: string | null): Promise<string> =>
      (await createIdentity(ctx, permit, { kind: 'person', facts: { displayName, username, email } })).id;
    return {
      dana: await here(`${dana.first_name} ${dana.last_name}`, 'Dana', null),
      lena: await here('Somebody Else', 'lena', lena.email.toUpperCase()),
      tomas: await here('Tom Stranger', 'tomas', 'tom@elsewhere.example'),
    };
  });
});
afterAll(() => house.close());

const idOf = async (externalId: string): Promise<string | undefined> =>
  (
    await house.db.maybe<{ id: string }>(
      sql`select identity_id as id from source_record where external_id = ${externalId}`,
    )
  )?.id;

test('who is here before the first feed is the person of its row, when username and one more fact say so', async () => {
  const run = await house.feed(company.feed);
  expect(run.counts).toMatchObject({ rows: 303, joined: 302, skipped: 1 });
  expect(await idOf(dana.employee_id)).toBe(ids['dana']);
  expect(await idOf(lena.employee_id)).toBe(ids['lena']);
  const { name } = await house.db.one<{ name: string }>(
    sql`select display_name as name from identity_facts where identity_id = ${ids['lena']} and valid_to is null`,
  );
  expect(name).toBe(`${lena.first_name} ${lena.last_name}`);
});

test('a row with somebody else’s username is left out and told, and nobody takes over what that person has', async () => {
  expect(await idOf(tomas.employee_id)).toBeUndefined();
  const facts = await house.db.many(sql`select display_name from identity_facts where identity_id = ${ids['tomas']}`);
  expect(facts).toEqual([{ displayName: 'Tom Stranger' }]);
  const { items } = await house.perform<{ items: { problems: { code: string; detail: string }[] }[] }>(
    'sources.runs',
    { source: 'hr' },
    house.admin,
  );
  expect(items[0]?.problems[0]).toMatchObject({ code: 'row.username_taken' });
  expect(items[0]?.problems[0]?.detail).not.toContain('tomas');
});

test('the row is taken with the next feed once it has a username of its own', async () => {
  const run = await house.feed(company.feed.replace(',tomas,', ',thruby,'));
  expect(run.counts).toMatchObject({ joined: 1, skipped: 0 });
  expect(await idOf(tomas.employee_id)).not.toBe(ids['tomas']);
  // Those who report to him have him as their manager from now on.
  const { n } = await house.db.one<{ n: number }>(sql`
    select count(*)::int as n from identity_facts f join source_record s on s.identity_id = f.manager_id
     where s.external_id = ${tomas.employee_id} and f.valid_to is null`);
  expect(n).toBe(company.people.filter((p) => p.manager_employee_id === tomas.employee_id).length);
});
