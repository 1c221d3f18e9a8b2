import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { calendarsModule } from '#spine/calendars/index.ts';
import { getIdentity } from '#spine/graph/index.ts';
import { outcome, setRules } from '#govern/requests/testing/ask.ts';
import { smallCompany, type SmallCompany } from '#govern/requests/testing/small-company.ts';
import { vendorsModule } from './index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
let c: SmallCompany;
let n = 0;
beforeAll(async () => {
  c = await smallCompany((parts) => [calendarsModule, vendorsModule(parts)]);
  await setRules(c, [{ when: {}, steps: ['manager'] }]);
});
afterAll(() => c.house.close());
/** At ten o'clock in the morning, a day on. */
beforeEach(() => {
  n += 1;
  const now = c.house.clock.now().getTime();
  c.house.clock.advance((Math.floor(now / DAY) + 1) * DAY + 10 * HOUR - now);
});

interface Vendor {
  id: string;
  employer: string;
  access: { hours: string[]; open: boolean; closesAt: string | null; opensAt: string | null } | null;
}
const today = (): string => DAYS[c.house.clock.now().getUTCDay()] ?? '';
const ask = async (more: Record<string, unknown> = {}): Promise<string> => {
  const { identityId, request } = await c.house.perform<{ identityId: string; request: { id: string } }>(
    'vendors.ask',
    {
      name: 'Sam Lee',
      email: `sam${n}@acme.example`,
      employer: `Acme ${n}`,
      what: ['git:deploy_production'],
      until: new Date(c.house.clock.now().getTime() + 30 * DAY).toISOString(),
      reason: 'the migration',
      ...more,
    },
    c.who.lena,
  );
  await c.house.perform('requests.approve', { id: request.id }, c.who.tomas);
  await c.house.settle();
  return identityId;
};
const shown = async (id: string): Promise<Vendor | undefined> =>
  (
    await c.house.perform<{ items: Vendor[] }>('vendors.list', { employer: `Acme ${n}`, limit: 50 }, c.who.lena)
  ).items.find((v) => v.id === id);
const setHours = (vendor: string, hours: string[], as: string, more: Record<string, unknown> = {}) =>
  outcome(c.house.perform('vendors.setHours', { vendor, hours, ...more }, as));

test('hours are said with what is asked for, read by who approves, and shown with when they close', async () => {
  const id = await ask({ hours: [`${today()} 09:00-17:00`], timeZone: 'UTC' });
  const reason = await c.house.db.one<{ reason: string }>(
    sql`select reason from request where beneficiary_id = ${id} order by id desc limit 1`,
  );
  expect(reason.reason).toBe(`the migration\n\nHours of access: ${today()} 09:00-17:00 (UTC)`);
  const five = Math.floor(c.house.clock.now().getTime() / DAY) * DAY + 17 * HOUR;
  const iso = (ms: number): string => new Date(ms).toISOString();
  expect((await shown(id))?.access).toMatchObject({ open: true, closesAt: iso(five), opensAt: null });
  c.house.clock.advance(7 * HOUR);
  expect((await shown(id))?.access).toMatchObject({
    open: false,
    opensAt: iso(five + 7 * DAY - 8 * HOUR),
  });
});

test('outside their hours nobody activates, and within them not beyond their end', async () => {
  const id = await ask({ hours: [`${today()} 09:00-12:00`], timeZone: 'UTC' });
  const thing = await c.entitlement('git', `thing${n}`, { risk: 'medium', maxSeconds: 8 * 3600 });
  const { request } = await c.house.perform<{ request: { id: string } }>(
    'requests.submit',
    { what: `git:thing${n}`, eligible: true, for: '20d', reason: 'on call', forIdentity: id },
    c.who.lena,
  );
  await c.house.perform('requests.approve', { id: request.id }, c.who.tomas);
  const activate = () =>
    c.house.perform<{ request: { lines: { grant: { validTo: string } | null }[] } }>(
      'eligibilities.activate',
      { what: thing, for: '8h', reason: 'now' },
      id,
    );
  c.house.clock.advance(4 * HOUR);
  expect(await outcome(activate())).toBe('access.outside_hours');
  c.house.clock.advance(7 * DAY - 4 * HOUR);
  const { request: active } = await activate();
  expect(new Date(active.lines[0]?.grant?.validTo ?? 0).getTime() - c.house.clock.now().getTime()).toBe(2 * HOUR);
});

test('a sponsor makes the hours less; more is for those who run or watch, and nobody says their own', async () => {
  const id = await ask({ hours: ['mon-fri 09:00-17:00'], timeZone: 'UTC' });
  expect(await setHours(id, ['tue 09:00-12:00', 'thu 10:00-17:00'], c.who.lena, { timeZone: 'UTC' })).toBe('done');
  expect(await setHours(id, ['tue 09:00-13:00'], c.who.lena, { timeZone: 'UTC' })).toBe('vendor.hours_widened');
  expect(await setHours(id, [], c.who.lena)).toBe('vendor.hours_widened');
  expect(await setHours(id, ['tue 09:00-12:00'], c.who.lena, { timeZone: 'Asia/Tokyo' })).toBe('vendor.hours_widened');
  expect(await setHours(id, ['tue 09:00-12:00'], c.who.omar, { timeZone: 'UTC' })).toBe('identity.not_found');
  expect(await setHours(id, ['tue 09:00-10:00'], id, { timeZone: 'UTC' })).toBe('policy.denied');
  expect(await setHours(id, ['mon-sun 00:00-24:00'], c.who.joaquin)).toBe('done');
  expect(await setHours(id, [], c.who.dana)).toBe('done');
  expect((await shown(id))?.access).toBeNull();
  expect(await setHours(c.who.omar, ['tue 09:00-12:00'], c.who.dana)).toBe('vendor.is_no_vendor');
  const again = { hours: ['mon-fri 09:00-17:00'], timeZone: 'UTC', what: ['git:approve_change'] };
  await ask(again);
  expect(await outcome(ask({ ...again, hours: ['mon-sat 09:00-17:00'] }))).toBe('input.invalid');
});

test('what is no line of hours, no time zone and no calendar is refused by name', async () => {
  const id = await ask();
  const refused = async (input: Record<string, unknown>) =>
    await c.house
      .perform('vendors.setHours', { vendor: id, hours: ['mon 09:00-17:00'], ...input }, c.who.lena)
      .catch((error: { errors?: { pointer: string }[] }) => error.errors?.[0]?.pointer);
  expect(await refused({ hours: ['mon 09:00-17:00', 'someday'] })).toBe('/hours/1');
  expect(await refused({ timeZone: 'Mars/Phobos' })).toBe('/timeZone');
  expect(await refused({ calendar: 'atlantis' })).toBe('/calendar');
  expect(await refused({ calendar: 'house', timeZone: 'UTC' })).toBe('/calendar');
});

test('companies are listed with their people; a sponsor ends theirs at once, and nobody else does', async () => {
  const id = await ask();
  const { items } = await c.house.perform<{ items: { employer: string; people: number; sponsors: string[] }[] }>(
    'vendors.companies',
    { limit: 200 },
    c.who.lena,
  );
  expect(items.find((company) => company.employer === `Acme ${n}`)).toMatchObject({
    people: 1,
    sponsors: ['Lena Example'],
  });
  const end = (as: string) => outcome(c.house.perform('vendors.end', { vendor: id, because: 'done early' }, as));
  expect(await end(c.who.omar)).toBe('identity.not_found');
  expect(await end(c.who.lena)).toBe('done');
  expect((await c.house.db.tx((tx) => getIdentity(tx, id)))?.state).toBe('leaver');
  expect(
    await c.house.db.many(sql`select from access_grant where identity_id = ${id} and ended_because is null`),
  ).toEqual([]);
  expect(await shown(id)).toBeUndefined();
  expect(await end(c.who.lena)).toBe('identity.has_left');
});

test('the database keeps hours by one clock, and some', async () => {
  const id = await ask();
  const put = (hours: string[], zone: string | null, site: string | null) =>
    outcome(
      c.house.db.run(sql`
        insert into access_hours (identity_id, hours, time_zone, site, changed_at, changed_by)
        values (${id}, ${sql.array(hours)}::text[], ${zone}, ${site}, now(), 'test')`),
    );
  expect(await put([], 'UTC', null)).toBe('access_hours_are_some');
  expect(await put(['mon 09:00-17:00'], 'UTC', 'house')).toBe('access_hours_go_by_one_clock');
  expect(await put(['mon 09:00-17:00'], null, null)).toBe('access_hours_go_by_one_clock');
});
