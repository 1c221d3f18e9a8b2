import { z } from 'zod';
import { defineEvent, pub } from '#spine/audit/event-type.ts';

export const calendarChanged = defineEvent('calendar.changed', {
  site: pub(z.string()),
  timeZone: pub(z.string()),
  hours: pub(z.array(z.string())),
});
export const calendarRemoved = defineEvent('calendar.removed', { site: pub(z.string()) });
/** When somebody may come in was said anew; no hours: at any time. */
export const accessHoursChanged = defineEvent('access_hours.changed', {
  identityId: pub(z.uuid()),
  before: pub(z.array(z.string())),
  hours: pub(z.array(z.string())),
  timeZone: pub(z.string().optional()),
  site: pub(z.string().optional()),
});
/** The days off of a site were replaced. */
export const holidaysImported = defineEvent('calendar.holidays_imported', {
  site: pub(z.string()),
  days: pub(z.int()),
  first: pub(z.string().nullable()),
  last: pub(z.string().nullable()),
});
