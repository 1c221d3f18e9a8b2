import type { Module } from '#spine/operations/index.ts';
import { accessHoursChanged, calendarChanged, calendarRemoved, holidaysImported } from './events.ts';
import { calendarOperations } from './operations.ts';

export * from './access-hours/index.ts';
export { accessHoursChanged } from './events.ts';
export { calendarsOf, firstAfterWorkingHours } from './find-calendars.ts';
export { afterQuietHours, nextMorning, nextWorkingHour, type QuietHours } from './when-to-tell.ts';
export { nextWorkingTime, type Calendar } from './working-time.ts';

const policies = `
@id("calendars.those_who_run_watch_or_audit_see_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"calendar.list", resource)
when { principal.state == "active" && principal.roles.containsAny(["administrator", "security_officer", "auditor"]) };

@id("calendars.administrators_set_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"calendar.manage", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };
`;

/** When people of a site work, so that what waits for them is counted in those hours. */
export const calendarsModule: Module = {
  name: 'calendars',
  operations: calendarOperations,
  events: [accessHoursChanged, calendarChanged, calendarRemoved, holidaysImported],
  policies,
};
