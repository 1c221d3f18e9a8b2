import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { changeIdentityFacts } from '#spine/graph/index.ts';
import { approve, ask, everyMinute, putInForce, show } from '../testing/ask.ts';
import { smallCompany, type SmallCompany } from '../testing/small-company.ts';

const HOUR = 3_600_000;
/** A Friday afternoon in Amsterdam, and the Thursday before Christmas. */
const FRIDAY = '2026-03-13T14:00:00Z';
const CHRISTMAS = '2026-12-24T14:00:00Z';

let c: SmallCompany;
let chief: string;
let boss: string;
let asker: string;

const calendar = (site: string, timeZone: string, ...days: string[]): Promise<unknown> =>
  c.house.db.tx(async (tx) => {
    await tx.run(sql`
      insert into calendar (site, time_zone, hours, changed_at, changed_by)
      values (${site}, ${timeZone}, '{mon-fri 09:00-17:00}', ${tx.now}, 'test')`);
    for (const day of days)
      await tx.run(sql`insert into calendar_holiday (site, holiday_on, name) values (${site}, ${day}::date, 'off')`);
  });
const works = (identityId: string, site: string): Promise<void> =>
  c.build(async (ctx, permit) => {
    await changeIdentityFacts(ctx, permit, { identityId, change: { attributes: { site } } });
  });
beforeEach(async () => {
  c = await smallCompany();
  await calendar('house', 'Europe/Amsterdam');
  await calendar('boston', 'America/New_York');
  await calendar('hague', 'Europe/Amsterdam', '2026-12-25', '2026-12-28', '2026-12-29');
  const closed = Array.from({ length: 90 }, (_, i) =>
    new Date(Date.parse(FRIDAY) + i * 24 * HOUR).toISOString().slice(0, 10),
  );
  await calendar('closed', 'Europe/Amsterdam', ...closed);
  chief = await c.person('chief');
  boss = await c.person('boss', { managerId: chief });
  asker = await c.person('asker', { managerId: boss });
});
afterEach(() => c.house.close());

const lookAt = async (at: string): Promise<void> => {
  c.house.clock.set(at);
  await everyMinute(c);
};
/** What was told about a request, and to whom. */
const told = async (id: string): Promise<string[]> => {
  const name = new Map([
    [boss, 'boss'],
    [chief, 'chief'],
    [asker, 'asker'],
  ]);
  const rows = await c.house.db.many<{ data: { template: string; to: string[] } }>(
    sql`select data from audit_event where type = 'notice.wanted' and data ->> 'path' = ${`/requests/${id}`} order by id`,
  );
  return rows.map(
    ({ data }) => `${data.template.split('.')[1] ?? ''} ${data.to.map((t) => name.get(t) ?? '?').join(',')}`,
  );
};
const asked = async (at: string) => {
  c.house.clock.set(at);
  return await ask(c, asker, { what: 'web1:reports', for: '2h' });
};

test('a reminder waits for hours of work, over a weekend', async () => {
  const { id } = await asked(FRIDAY);
  await lookAt('2026-03-16T12:59:00Z');
  expect(await told(id)).toEqual(['wanted boss']);
  await lookAt('2026-03-16T14:00:00Z');
  expect(await told(id)).toEqual(['wanted boss', 'reminder boss']);
});

test('it waits over the days off of the site of who is asked, and so does the turn of the next in line', async () => {
  await works(boss, 'Hague ');
  const { id } = await asked(CHRISTMAS);
  // Two hours of Thursday, then nothing until Wednesday.
  await lookAt('2026-12-29T16:00:00Z');
  expect(await told(id)).toEqual(['wanted boss']);
  await lookAt('2026-12-30T14:00:00Z');
  expect(await told(id)).toEqual(['wanted boss', 'reminder boss']);
  await lookAt('2026-12-31T13:59:00Z');
  expect(await told(id)).toHaveLength(2);
  await lookAt('2026-12-31T14:00:00Z');
  expect(await told(id)).toEqual(['wanted boss', 'reminder boss', 'wanted chief']);
});

test('whoever is asked next has hours of their own site', async () => {
  await works(chief, 'boston');
  const { id } = await asked('2026-03-16T08:00:00Z');
  await lookAt('2026-03-16T16:00:00Z');
  await lookAt('2026-03-17T16:00:00Z');
  expect(await told(id)).toEqual(['wanted boss', 'reminder boss', 'wanted chief']);
  // It is noon in Boston: five hours are left of that day, and three of the next.
  await lookAt('2026-03-18T15:59:00Z');
  expect(await told(id)).toHaveLength(3);
  await lookAt('2026-03-18T16:00:00Z');
  expect((await told(id)).at(-1)).toBe('reminder boss,chief');
});

test('a site that never works keeps no request for ever: it ends after the days of the policy, which count all hours', async () => {
  await works(boss, 'closed');
  const { id } = await asked(FRIDAY);
  await lookAt('2026-03-27T13:59:00Z');
  expect((await show(c, id)).state).toBe('pending');
  await lookAt('2026-03-27T14:00:00Z');
  expect((await show(c, id)).state).toBe('expired');
});

test('whoever leaves meanwhile is replaced at once, whatever the hour', async () => {
  const { id } = await asked(FRIDAY);
  c.house.clock.set('2026-03-14T23:00:00Z');
  await c.setState(boss, 'leave');
  await c.house.settle();
  expect((await show(c, id)).steps[0]?.approvers.map((a) => a.id)).toEqual([chief]);
});

test('what is given ends after as many hours as it was given for, whoever works then', async () => {
  const { id } = await asked(FRIDAY);
  c.house.clock.set('2026-03-13T15:30:00Z');
  await approve(c, id, boss);
  expect((await show(c, id)).lines[0]?.grant?.validTo).toBe('2026-03-13T17:30:00.000Z');
});

test('a policy that counts all hours does', async () => {
  await putInForce(c, {
    rules: {
      rules: [{ when: {}, steps: ['manager'] }],
      dueHours: 24,
      escalateHours: 24,
      expireDays: 14,
      counting: 'all_hours',
    },
  });
  const { id } = await asked(FRIDAY);
  await lookAt('2026-03-14T14:00:00Z');
  expect(await told(id)).toEqual(['wanted boss', 'reminder boss']);
});
