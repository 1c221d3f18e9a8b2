import { dateAfter, instantOf, localDate, type LocalDate } from './local-time.ts';
import { LONGEST_WAIT_DAYS, nextWorkingTime, type Calendar } from './working-time.ts';

const DAY = 86_400_000;

/** Hours of a day in which somebody is left alone, as `22:00`; past midnight where the end is before the beginning. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** Days from one on, yesterday first. */
function* daysFrom(timeZone: string, at: Date, count: number): Generator<LocalDate> {
  let day = localDate(timeZone, new Date(at.getTime() - DAY));
  for (let i = 0; i < count; i += 1) {
    yield day;
    day = dateAfter(day);
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** When quiet hours that are under way end; `at` itself outside of them. */
export const afterQuietHours = (timeZone: string, quiet: QuietHours, at: Date): Date => {
  const from = minutesOf(quiet.from);
  const to = minutesOf(quiet.to);
  for (const day of daysFrom(timeZone, at, 3)) {
    const begins = instantOf(timeZone, day, from);
    const ends = instantOf(timeZone, from < to ? day : dateAfter(day), to);
    if (begins <= at.getTime() && at.getTime() < ends) return new Date(ends);
  }
  return at;
};

/** When people of a site next begin a day of work. Never later than the longest wait, whatever the calendar says. */
export const nextMorning = (calendar: Calendar, at: Date): Date => {
  for (const day of daysFrom(calendar.timeZone, at, LONGEST_WAIT_DAYS + 2)) {
    const midnight = new Date(instantOf(calendar.timeZone, day, 0));
    const begins = nextWorkingTime(calendar, midnight);
    if (begins > at && localDate(calendar.timeZone, begins).text === day.text) return begins;
  }
  return new Date(at.getTime() + LONGEST_WAIT_DAYS * DAY);
};

/** The next full hour, by the clock of a site, at which its people work. */
export const nextWorkingHour = (calendar: Calendar, at: Date): Date => {
  for (const day of daysFrom(calendar.timeZone, at, 4))
    for (let hour = 0; hour < 24; hour += 1) {
      const full = new Date(instantOf(calendar.timeZone, day, hour * 60));
      if (full > at) return nextWorkingTime(calendar, full);
    }
  return nextWorkingTime(calendar, new Date(at.getTime() + DAY / 24));
};
