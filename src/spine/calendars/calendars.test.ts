import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_ROLES, createIdentity, graphModule, startGrant } from '#spine/graph/index.ts';
import { sql } from '#kit/db/index.ts';
import { testHouse, type House } from '#test/harness/house.ts';
import { calendarsModule, calendarsOf, firstAfterWorkingHours } from './index.ts';

let house: House;
let dana: string;
let cairo: string;
let york: string;
let nowhere: string;
const at = (text: string): Date => new Date(text);

beforeAll(async () => {
  house = await testHouse(() => [
    graphModule,
    calendarsModule,
    {
      name: 'tester',
      policies: `
        @id("tester.tests")
        permit (principal == Reeve::Component::"test", action == Reeve::Action::"world.build", resource);`,
    },
  ]);
  const person = (username: string, attributes: Record<string, unknown>): Promise<string> =>
    house.as('test').act({ action: 'world.build' }, async (ctx, permit) => {
      const facts = { displayName: username, username, attributes };
      return (await createIdentity(ctx, permit, { kind: 'person', facts })).id;
    });
  dana = await person('dana', {});
  cairo = await person('nour', { site: ' Cairo ' });
  york = await person('york', { location: 'New York', site: '' });
  nowhere = await person('nemo', { site: { city: 'Cairo' } });
  await house.as('test').act({ action: 'world.build' }, (ctx, permit) =>
    startGrant(ctx, permit, {
      identityId: dana,
      entitlementId: ADMIN_ROLES.administrator,
      origin: 'admin',
      reason: 'test',
    }),
  );
});
afterAll(() => house.close());

const set = (site: string, timeZone: string, hours?: string[]) =>
  house.perform('calendars.set', { site, timeZone, ...(hours === undefined ? {} : { hours }) }, dana);
const ics = (...days: string[]): string =>
  `BEGIN:VCALENDAR\n${days.map((d) => `BEGIN:VEVENT\nDTSTART;VALUE=DATE:${d}\nSUMMARY:Off\nEND:VEVENT\n`).join('')}END:VCALENDAR\n`;

test('a house that never said otherwise works Monday to Friday from nine to five', async () => {
  const { items } = await house.perform<{ items: { site: string; hours: string[] }[] }>('calendars.list', {}, dana);
  expect(items).toMatchObject([{ site: 'house', hours: ['mon-fri 09:00-17:00'] }]);
});

test('people go by the calendar of their site, else of their location, else of the house; case and blanks do not count', async () => {
  await set('house', 'Europe/Amsterdam');
  await set('CAIRO', 'Africa/Cairo', ['sun-sun 09:00-17:00', 'mon-thu 09:00-17:00']);
  await set('new york', 'America/New_York');
  const of = await calendarsOf(house.db, house.clock.now(), [cairo, york, nowhere, dana]);
  expect([cairo, york, nowhere, dana].map((id) => of(id).site)).toEqual(['cairo', 'new york', 'house', 'house']);
});

test('what waits for several is counted by whoever has had the hours first', async () => {
  const friday = at('2026-03-06T12:00:00Z');
  const hours = (...people: string[]) => firstAfterWorkingHours(house.db, people, friday, [8]);
  expect(await hours(cairo)).toEqual([at('2026-03-08T15:00:00Z')]);
  expect(await hours(york)).toEqual([at('2026-03-06T22:00:00Z')]);
  expect(await hours(cairo, york)).toEqual(await hours(york));
  expect(await hours()).toEqual(await hours(dana));
});

test('days off are read from a file, replaced by the next, and named', async () => {
  const send = (content: string) => house.perform('calendars.importHolidays', { site: 'Cairo', content }, dana);
  expect(await send(ics('20260308', '20260309'))).toEqual({
    site: 'cairo',
    days: 2,
    first: '2026-03-08',
    last: '2026-03-09',
  });
  expect(await firstAfterWorkingHours(house.db, [cairo], at('2026-03-06T12:00:00Z'), [8])).toEqual([
    at('2026-03-10T15:00:00Z'),
  ]);
  await send(ics('20260320'));
  const { items } = await house.perform<{ items: unknown[] }>('calendars.holidays', { site: 'cairo' }, dana);
  expect(items).toEqual([{ on: '2026-03-20', name: 'Off' }]);
  await expect(
    send('BEGIN:VCALENDAR\nBEGIN:VEVENT\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR'),
  ).rejects.toMatchObject({
    code: 'calendar.unreadable',
    status: 422,
  });
  expect((await house.perform<{ items: unknown[] }>('calendars.holidays', { site: 'cairo' }, dana)).items).toHaveLength(
    1,
  );
});

test('what is wrong is refused by its field, and only administrators change calendars', async () => {
  await expect(set('x', 'Europe/Atlantis')).rejects.toMatchObject({ errors: [{ pointer: '/timeZone' }] });
  await expect(set('x', '+02:00')).rejects.toMatchObject({ errors: [{ pointer: '/timeZone' }] });
  await expect(set('x', 'UTC', ['mon 09:00-17:00', 'always'])).rejects.toMatchObject({
    errors: [{ pointer: '/hours/1' }],
  });
  await expect(house.perform('calendars.set', { site: 'x', timeZone: 'UTC' }, nowhere)).rejects.toMatchObject({
    status: 403,
  });
  await expect(house.perform('calendars.list', {}, nowhere)).rejects.toMatchObject({ status: 403 });
  await expect(
    house.perform('calendars.importHolidays', { site: 'nosuch', content: ics('20260320') }, dana),
  ).rejects.toMatchObject({ code: 'calendar.not_found' });
});

test('one can ask when hours of work will have passed, and a calendar that is removed counts no more', async () => {
  const when = (site: string) =>
    house.perform<{ site: string; until: Date }>(
      'calendars.workingTime',
      { site, from: '2026-03-05T15:00:00Z', hours: 8 },
      dana,
    );
  expect(await when('cairo')).toMatchObject({ site: 'cairo', working: false, until: '2026-03-08T15:00:00.000Z' });
  await house.perform('calendars.remove', { site: 'cairo' }, dana);
  expect(await when('cairo')).toMatchObject({ site: 'house' });
  expect(await house.db.many(sql`select from calendar_holiday where site = 'cairo'`)).toEqual([]);
});
