import { z } from 'zod';
import { AppError, invalid, notFound } from '#kit/errors/index.ts';
import { instantIn, instantOut, text } from '#kit/http/index.ts';
import { readDaysOff, type DayOff } from '#kit/icalendar/index.ts';
import { defineOperation, type AnyOperation } from '#spine/operations/index.ts';
import { calendarChanged, calendarRemoved, holidaysImported } from './events.ts';
import { calendarsOfSites } from './find-calendars.ts';
import { hoursIn, timeZoneIn } from './hours-in.ts';
import { localDate } from './local-time.ts';
import { deleteCalendar, holidaysOf, HOUSE, listCalendars, putCalendar, replaceHolidays, siteNamed } from './store.ts';
import { USUAL_HOURS } from './week-hours.ts';
import { afterWorkingHours, isWorking } from './working-time.ts';

const site = text(100).describe('As people have it as their site or location; `house` is for everybody else.');
const calendarOut = z.object({
  site: z.string(),
  timeZone: z.string(),
  hours: z.array(z.string()),
  holidays: z.int(),
  /** After this day none is known any more. */
  lastHoliday: z.string().nullable(),
  changedAt: instantOut.nullable(),
});
const dayOut = z.object({ on: z.string(), name: z.string() });

/** Years for which days off are unfolded: what repeats is not known for ever. */
const YEARS_AHEAD = 10;
const MOST_BYTES = 1_000_000;

const readIcs = (content: string, now: Date): DayOff[] => {
  try {
    const year = now.getUTCFullYear();
    return readDaysOff(content, { first: year - 1, last: year + YEARS_AHEAD });
  } catch (error) {
    throw new AppError({
      code: 'calendar.unreadable',
      status: 422,
      detail: error instanceof Error ? error.message : 'it cannot be read',
      fix: 'give an iCalendar file (.ics) of whole days; what it does not read is refused, so that no day off is lost',
      errors: [{ pointer: '/content', detail: error instanceof Error ? error.message : 'it cannot be read' }],
    });
  }
};

/** When people of a site work. */
export const calendarOperations: readonly AnyOperation[] = [
  defineOperation({
    name: 'calendars.list',
    action: 'calendar.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/calendars',
    summary: 'List calendars: when people of each site work',
    input: z.object({}),
    output: z.object({ items: z.array(calendarOut), nextCursor: z.null() }),
    cli: { command: 'calendar ls', columns: ['site', 'timeZone', 'hours', 'holidays', 'lastHoliday'] },
    handler: async (ctx) => {
      const items = await listCalendars(ctx.tx);
      if (items.some((c) => c.site === HOUSE)) return { items, nextCursor: null };
      const { timeZone } = (await calendarsOfSites(ctx.tx, ctx.now, [])).of(null);
      const house = { site: HOUSE, timeZone, hours: USUAL_HOURS, holidays: 0, lastHoliday: null, changedAt: null };
      return { items: [house, ...items], nextCursor: null };
    },
  }),
  defineOperation({
    name: 'calendars.holidays',
    action: 'calendar.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/calendars/{site}/holidays',
    summary: 'List the days off of a site that are still to come',
    input: z.object({ site }),
    output: z.object({ items: z.array(dayOut), nextCursor: z.null() }),
    cli: { command: 'calendar holidays', positional: ['site'], columns: ['on', 'name'] },
    handler: async (ctx, _permit, input) => {
      const name = siteNamed(input.site);
      const { timeZone } = (await calendarsOfSites(ctx.tx, ctx.now, [name])).of(name);
      return { items: await holidaysOf(ctx.tx, name, localDate(timeZone, ctx.now).text), nextCursor: null };
    },
  }),
  defineOperation({
    name: 'calendars.workingTime',
    action: 'calendar.list',
    kind: 'read',
    method: 'GET',
    path: '/v1/calendars/{site}/working-time',
    summary: 'Say when so many hours of work of a site will have passed',
    input: z.object({ site, from: instantIn.optional(), hours: z.coerce.number().min(0).max(1000).default(8) }),
    output: z.object({ site: z.string(), from: instantOut, working: z.boolean(), until: instantOut }),
    cli: { command: 'calendar when', positional: ['site'] },
    handler: async (ctx, _permit, input) => {
      const from = input.from ?? ctx.now;
      const name = siteNamed(input.site);
      const calendar = (await calendarsOfSites(ctx.tx, from, [name])).of(name);
      const until = afterWorkingHours(calendar, from, input.hours);
      return { site: calendar.site, from, working: isWorking(calendar, from), until };
    },
  }),
  defineOperation({
    name: 'calendars.set',
    action: 'calendar.manage',
    kind: 'write',
    method: 'PUT',
    path: '/v1/calendars/{site}',
    summary: 'Set time zone and hours of a site',
    description:
      'Hours are lines such as `mon-fri 09:00-17:00`. What waits already keeps the times it was given; what is asked from now on counts by these hours.',
    input: z.object({
      site,
      timeZone: z.string().max(100),
      hours: z.array(z.string().max(100)).min(1).max(50).default(USUAL_HOURS),
    }),
    output: z.object({ site: z.string(), timeZone: z.string(), hours: z.array(z.string()) }),
    cli: { command: 'calendar set', positional: ['site', 'timeZone'] },
    handler: async (ctx, permit, input) => {
      const calendar = {
        site: siteNamed(input.site),
        timeZone: timeZoneIn(input.timeZone),
        hours: hoursIn(input.hours),
      };
      await putCalendar(ctx.tx, { ...calendar, by: `${ctx.principal.kind}:${ctx.principal.id}` });
      await ctx.record(permit, { event: calendarChanged, data: calendar });
      return calendar;
    },
  }),
  defineOperation({
    name: 'calendars.importHolidays',
    action: 'calendar.manage',
    kind: 'write',
    method: 'POST',
    path: '/v1/calendars/{site}/holidays',
    summary: 'Replace the days off of a site by those of an iCalendar file',
    description:
      'Rules that repeat are unfolded for ten years. What cannot be read is refused with its line; nothing is changed then.',
    maxBody: 2 * MOST_BYTES,
    input: z.object({ site, content: z.string().min(1).max(MOST_BYTES) }),
    output: z.object({ site: z.string(), days: z.int(), first: z.string().nullable(), last: z.string().nullable() }),
    cli: { command: 'calendar import', positional: ['site'], file: { field: 'content' } },
    handler: async (ctx, permit, input) => {
      const name = siteNamed(input.site);
      const known = (await listCalendars(ctx.tx)).some((c) => c.site === name);
      if (!known) throw notFound('calendar', name);
      const days = readIcs(input.content, ctx.now);
      if (days.length === 0)
        throw invalid('/content', 'holds no day off of these years', 'give a file of this year or later');
      await replaceHolidays(ctx.tx, name, days);
      const said = { site: name, days: days.length, first: days[0]?.on ?? null, last: days.at(-1)?.on ?? null };
      await ctx.record(permit, { event: holidaysImported, data: said });
      return said;
    },
  }),
  defineOperation({
    name: 'calendars.remove',
    action: 'calendar.manage',
    kind: 'write',
    method: 'DELETE',
    path: '/v1/calendars/{site}',
    summary: 'Remove the calendar of a site with its days off; its people go by the house’s',
    input: z.object({ site }),
    output: z.object({ site: z.string() }),
    cli: { command: 'calendar rm', positional: ['site'] },
    handler: async (ctx, permit, input) => {
      const name = siteNamed(input.site);
      if (!(await deleteCalendar(ctx.tx, name))) throw notFound('calendar', name);
      await ctx.record(permit, { event: calendarRemoved, data: { site: name } });
      return { site: name };
    },
  }),
];
