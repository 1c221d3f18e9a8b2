import { IcalendarError, plainText, readEvents, type Property } from './read-lines.ts';
import { daysFrom, readRule, repetitions } from './yearly-rule.ts';

/** A day nobody works. */
export interface DayOff {
  /** `2026-12-25`. */
  readonly on: string;
  readonly name: string;
}

const DAY = 86_400_000;
const MOST_EVENTS = 5_000;
const MOST_DAYS = 5_000;
/** One event is a holiday, not a season. */
const LONGEST_EVENT = 62;
/** Repetitions are counted from their beginning; one that begins earlier than this is a mistake. */
const EARLIEST = Date.UTC(1900, 0, 1);

const DATE = /^(\d{4})(\d{2})(\d{2})(T(\d{2})(\d{2})(\d{2})Z?)?$/;

interface Moment {
  /** The day, as an instant at its beginning in UTC. */
  readonly day: number;
  readonly timed: boolean;
  readonly midnight: boolean;
}

const momentOf = (value: string, { name, line }: Property): Moment => {
  const match = DATE.exec(value.trim());
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  const at = Date.UTC(year, month - 1, day);
  if (match === null || new Date(at).getUTCMonth() !== month - 1 || at < EARLIEST)
    throw new IcalendarError(line, `${name} is no date: “${value.slice(0, 40)}”`);
  const time = `${match[5] ?? ''}${match[6] ?? ''}${match[7] ?? ''}`;
  return { day: at, timed: match[4] !== undefined, midnight: time === '000000' };
};

const lengthOf = (start: Moment, end: Property | undefined, duration: Property | undefined): number => {
  if (end !== undefined) {
    const until = momentOf(end.value, end);
    // The end is not part of it, save where it is a time within a day.
    const days = (until.day - start.day) / DAY + (until.timed && !until.midnight ? 1 : 0);
    if (days < 0) throw new IcalendarError(end.line, 'DTEND is before DTSTART');
    return Math.max(1, days);
  }
  if (duration === undefined) return 1;
  const match = /^\+?P(?:(\d{1,3})W|(\d{1,4})D(?:T.*)?|(T).*)$/.exec(duration.value.toUpperCase());
  if (match === null) throw new IcalendarError(duration.line, `DURATION is not read: “${duration.value.slice(0, 40)}”`);
  return Math.max(1, Number(match[1] ?? 0) * 7 + Number(match[2] ?? 0));
};

const datesIn = (properties: readonly Property[]): number[] =>
  properties.flatMap((p) => {
    if (p.params['VALUE'] === 'PERIOD') throw new IcalendarError(p.line, `${p.name} with periods is not read`);
    return p.value.split(',').map((one) => momentOf(one, p).day);
  });

/**
 * Days off of an iCalendar file that fall into these years, each once, in order. Throws an IcalendarError that names the
 * line of what cannot be read; nothing is left out silently but what is cancelled.
 */
export const readDaysOff = (text: string, years: { readonly first: number; readonly last: number }): DayOff[] => {
  const days = new Map<string, string>();
  for (const event of readEvents(text, MOST_EVENTS)) {
    const all = (name: string): Property[] => event.filter((p) => p.name === name);
    const one = (name: string): Property | undefined => all(name)[0];
    const starts = one('DTSTART');
    if (starts === undefined) throw new IcalendarError(event[0]?.line ?? 1, 'its event has no DTSTART');
    if (one('STATUS')?.value.toUpperCase() === 'CANCELLED') continue;
    if (one('RECURRENCE-ID') !== undefined)
      throw new IcalendarError(one('RECURRENCE-ID')?.line ?? 1, 'an exception to a repetition is not read');
    const start = momentOf(starts.value, starts);
    const length = lengthOf(start, one('DTEND'), one('DURATION'));
    if (length > LONGEST_EVENT)
      throw new IcalendarError(starts.line, `its event has ${length} days: a holiday has at most ${LONGEST_EVENT}`);
    const rule = one('RRULE');
    if (all('RRULE').length > 1) throw new IcalendarError(rule?.line ?? 1, 'several rules of one event are not read');
    const except = new Set(datesIn(all('EXDATE')));
    const firsts = [
      ...(rule === undefined ? [start.day] : repetitions(readRule(rule), start.day, years.last)),
      ...datesIn(all('RDATE')),
    ].filter((day) => !except.has(day));
    const name = plainText(one('SUMMARY')?.value ?? '') || 'day off';
    for (const at of firsts.flatMap((first) => daysFrom(first, length))) {
      const year = new Date(at).getUTCFullYear();
      if (year < years.first || year > years.last) continue;
      const on = new Date(at).toISOString().slice(0, 10);
      if (!days.has(on)) days.set(on, name);
      if (days.size > MOST_DAYS)
        throw new IcalendarError(starts.line, `has the day after ${MOST_DAYS}: a file has no more`);
    }
  }
  return [...days].map(([on, name]) => ({ on, name })).toSorted((a, b) => (a.on < b.on ? -1 : 1));
};
