import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWeek } from './week-hours.ts';
import { afterWorkingHours, isWorking, LONGEST_WAIT_DAYS, nextWorkingTime, type Calendar } from './working-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Places whose clocks do different things: an hour, half an hour, at midnight, on a Friday, never, and with odd offsets. */
const ZONES = [
  'Europe/Amsterdam',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Santiago',
  'Pacific/Auckland',
  'UTC',
];
const calendar = (over: Partial<Calendar> & { hours?: readonly string[] } = {}): Calendar => ({
  site: 'x',
  timeZone: 'Europe/Amsterdam',
  week: readWeek(over.hours ?? ['mon-fri 09:00-17:00']),
  holidays: new Set(),
  ...over,
});
const at = (text: string): Date => new Date(text);

/** Slow and obvious: asks the clock on the wall minute by minute whether anybody works. */
const slowly = (c: Calendar, from: Date, hours: number): Date => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: c.timeZone, dateStyle: 'short', timeStyle: 'short' });
  const week = new Intl.DateTimeFormat('en-GB', { timeZone: c.timeZone, weekday: 'short' });
  const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  let left = Math.round(hours * 60);
  let now = from.getTime();
  for (; left > 0 && now < from.getTime() + LONGEST_WAIT_DAYS * 24 * HOUR; now += MINUTE) {
    const [date = '', time = ''] = format.format(now).split(' ');
    const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
    const spans = c.week[days.indexOf(week.format(now))] ?? [];
    if (!c.holidays.has(date) && spans.some((s) => s.from <= minutes && minutes < s.until)) left -= 1;
  }
  return new Date(now);
};

/** On the hour: what begins or ends amid an hour that comes twice is counted from its first time, which a look by the minute cannot tell. */
const lineOf = fc
  .tuple(
    fc.constantFrom('mon-fri', 'mon-thu', 'sun', 'sat', 'wed', 'mon-sun'),
    fc.nat(22),
    fc.integer({ min: 1, max: 24 }),
  )
  .filter(([, from, until]) => from < until)
  .map(([days, from, until]) => {
    const two = (n: number): string => String(n).padStart(2, '0');
    return `${days} ${two(from)}:00-${two(until)}:00`;
  });
/** Around the days clocks change, and any other. */
const around = fc.oneof(
  ...[
    '2026-03-08',
    '2026-03-28',
    '2026-03-29',
    '2026-04-04',
    '2026-04-24',
    '2026-09-05',
    '2026-09-26',
    '2026-10-25',
    '2026-10-29',
    '2026-11-01',
  ].map((day) =>
    fc.integer({ min: -4 * 1440, max: 3 * 1440 }).map((m) => new Date(Date.parse(`${day}T00:00:00Z`) + m * MINUTE)),
  ),
);
const anyCalendar = fc.record({
  timeZone: fc.constantFrom(...ZONES),
  hours: fc.array(lineOf, { minLength: 1, maxLength: 3 }),
  holidays: fc
    .array(fc.constantFrom('2026-03-09', '2026-03-30', '2026-10-26', '2026-11-02', '2026-04-06'), { maxLength: 3 })
    .map((days) => new Set(days)),
});

describe('hours of work', () => {
  test.each([
    ['within a day', '2026-03-02T10:00:00Z', 2, '2026-03-02T12:00:00Z'],
    ['over a night', '2026-03-02T15:00:00Z', 2, '2026-03-03T09:00:00Z'],
    ['from before the day begins', '2026-03-02T03:00:00Z', 1, '2026-03-02T09:00:00Z'],
    ['over a weekend', '2026-03-06T15:30:00Z', 1, '2026-03-09T08:30:00Z'],
    ['over the weekend clocks are put forward', '2026-03-27T15:30:00Z', 1, '2026-03-30T07:30:00Z'],
    ['over the weekend clocks are put back', '2026-10-23T14:30:00Z', 1, '2026-10-26T08:30:00Z'],
    ['to the very end of a day', '2026-03-02T08:00:00Z', 8, '2026-03-02T16:00:00Z'],
  ])('%s', (_, from, hours, then) => {
    expect(afterWorkingHours(calendar(), at(from), hours)).toEqual(at(then));
  });
  test('leave out holidays', () => {
    const c = calendar({ holidays: new Set(['2026-12-25', '2026-12-28']) });
    expect(afterWorkingHours(c, at('2026-12-24T15:00:00Z'), 2)).toEqual(at('2026-12-29T09:00:00Z'));
  });
  test('of a night in which clocks change are as many as really pass', () => {
    const night = calendar({ hours: ['sun 00:00-06:00'] });
    expect(afterWorkingHours(night, at('2026-03-28T12:00:00Z'), 5)).toEqual(at('2026-03-29T04:00:00Z'));
    expect(afterWorkingHours(night, at('2026-10-24T12:00:00Z'), 7)).toEqual(at('2026-10-25T05:00:00Z'));
  });
  test('nobody works are not waited for longer than sixty days', () => {
    const from = at('2026-03-02T10:00:00Z');
    const never = calendar({ week: readWeek([]) });
    expect(afterWorkingHours(never, from, 1)).toEqual(new Date(from.getTime() + 60 * 24 * HOUR));
    expect(nextWorkingTime(never, from)).toEqual(new Date(from.getTime() + 60 * 24 * HOUR));
  });
});

test('are as many as a slow look at the clock on the wall counts, wherever and whenever clocks change', () => {
  fc.assert(
    fc.property(anyCalendar, around, fc.integer({ min: 1, max: 30 * 60 }), (over, from, minutes) => {
      const c = calendar(over);
      expect(afterWorkingHours(c, from, minutes / 60)).toEqual(slowly(c, from, minutes / 60));
    }),
    { numRuns: 150 },
  );
});

test('never end earlier when asked later or for more, nor before as many hours have passed', () => {
  fc.assert(
    fc.property(anyCalendar, around, fc.nat(72 * 60), fc.nat(72 * 60), fc.nat(24 * 60), (over, from, a, b, wait) => {
      const c = calendar(over);
      const one = afterWorkingHours(c, from, a / 60).getTime();
      expect(one).toBeGreaterThanOrEqual(from.getTime() + a * MINUTE);
      expect(afterWorkingHours(c, from, (a + b) / 60).getTime()).toBeGreaterThanOrEqual(one);
      expect(afterWorkingHours(c, new Date(from.getTime() + wait * MINUTE), a / 60).getTime()).toBeGreaterThanOrEqual(
        one,
      );
      const begins = nextWorkingTime(c, from);
      expect(isWorking(c, from)).toBe(begins.getTime() === from.getTime());
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['mon 9-17', 'is no line of hours'],
  ['fri-mon 09:00-17:00', 'the week begins on Monday'],
  ['mon 17:00-09:00', 'two lines'],
  ['mon 09:60-17:00', 'a time there is not'],
  ['mon 09:00-24:30', 'a time there is not'],
])('hours written as %s are refused', (line, why) => {
  expect(() => readWeek([line])).toThrow(why);
});
test('hours that overlap are one', () => {
  expect(readWeek(['mon 09:00-12:00', 'mon 11:00-17:00', 'mon 17:00-18:00'])[0]).toEqual([{ from: 540, until: 1080 }]);
});
