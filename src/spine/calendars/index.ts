import type { Module } from '#spine/operations/index.ts';
import { calendarChanged, calendarRemoved, holidaysImported } from './events.ts';
import { calendarOperations } from './operations.ts';

export { calendarsOf, firstAfterWorkingHours, workingTimeOf } from './find-calendars.ts';
export { localMinutes } from './local-time.ts';
export { afterWorkingHours, isWorking, nextWorkingTime, type Calendar } from './working-time.ts';

const policies = `
@id("calendars.people_see_when_others_work")
permit (principal is Reeve::Identity, action == Reeve::Action::"calendar.list", resource)
when { principal.state == "active" };

@id("calendars.administrators_set_them")
permit (principal is Reeve::Identity, action == Reeve::Action::"calendar.manage", resource)
when { principal.state == "active" && principal.roles.contains("administrator") };
`;

/** When people of a site work, so that what waits for them is counted in those hours. */
export const calendarsModule: Module = {
  name: 'calendars',
  operations: calendarOperations,
  events: [calendarChanged, calendarRemoved, holidaysImported],
  policies,
};
