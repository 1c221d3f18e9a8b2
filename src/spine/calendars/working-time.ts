import { dateAfter, instantOf, localDate, type LocalDate } from './local-time.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Minutes of a day, from and until; `until` may be 1440. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** When people of a site work. */
export interface Calendar {
  /** Name of the site; `house`: of whoever is of no site that has one. */
  readonly site: string;
  readonly timeZone: string;
  /** Spans of each day of the week, Monday first; seven lists. */
  readonly week: readonly (readonly Span[])[];
  /** Days nobody works, as `2026-12-25`. */
  readonly holidays: ReadonlySet<string>;
}

/** However few hours a site works: nobody waits longer for it than this. */
export const LONGEST_WAIT_DAYS = 60;

interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** What is worked on a day, as instants in order. A clock put forward or back that day makes it shorter or longer. */
const stretchesOf = (calendar: Calendar, day: LocalDate): Stretch[] =>
  calendar.holidays.has(day.text)
    ? []
    : (calendar.week[day.weekday - 1] ?? [])
        .map(({ from, until }) => ({
          from: instantOf(calendar.timeZone, day, from),
          until: instantOf(calendar.timeZone, day, until),
        }))
        .filter(({ from, until }) => from < until);

/** Stretches of work that end after an instant, in order, until the longest wait is over. */
export function* worked(calendar: Calendar, from: number): Generator<Stretch> {
  const end = from + LONGEST_WAIT_DAYS * DAY;
  // A day early: where clocks are put back at midnight, the day before may end within this one.
  let day = localDate(calendar.timeZone, new Date(from - DAY));
  let reached = from;
  for (let i = 0; i < LONGEST_WAIT_DAYS + 3; i += 1) {
    for (const stretch of stretchesOf(calendar, day)) {
      const begins = Math.max(stretch.from, reached);
      const ends = Math.min(stretch.until, end);
      if (begins >= ends) continue;
      yield { from: begins, until: ends };
      reached = ends;
    }
    day = dateAfter(day);
  }
}

/**
 * The instant at which so many hours of work have passed since `from`. Where a site works less than that within sixty days,
 * it is then: whatever a calendar says, nothing waits for ever.
 */
export const afterWorkingHours = (calendar: Calendar, from: Date, hours: number): Date => {
  let left = Math.round(hours * HOUR);
  if (left <= 0) return from;
  for (const stretch of worked(calendar, from.getTime())) {
    const there = stretch.until - stretch.from;
    if (there >= left) return new Date(stretch.from + left);
    left -= there;
  }
  return new Date(from.getTime() + LONGEST_WAIT_DAYS * DAY);
};

/** Whether people of a site work at an instant. */
export const isWorking = (calendar: Calendar, at: Date): boolean => {
  const [first] = worked(calendar, at.getTime());
  return first !== undefined && first.from === at.getTime();
};

/** When people of a site begin to work next; `from` itself while they do. */
export const nextWorkingTime = (calendar: Calendar, from: Date): Date => {
  const [first] = worked(calendar, from.getTime());
  return first === undefined ? new Date(from.getTime() + LONGEST_WAIT_DAYS * DAY) : new Date(first.from);
};
