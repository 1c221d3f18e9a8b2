import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDaysOff } from './index.ts';

const YEARS = { first: 2025, last: 2028 };
const file = (...events: string[][]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//x//EN',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
  ].join('\r\n');
const on = (...lines: string[]): string[] => readDaysOff(file(lines), YEARS).map((d) => d.on);

test('days off are read as governments write them', () => {
  const text = file(
    ['UID:1', 'DTSTART;VALUE=DATE:20261225', 'DTEND;VALUE=DATE:20261227', 'SUMMARY:Christmas\\, both', '  days'],
    ['DTSTART;VALUE=DATE:20260427', 'SUMMARY;LANGUAGE=en:King’s Day', 'BEGIN:VALARM', 'TRIGGER:-P1D', 'END:VALARM'],
    ['DTSTART;VALUE=DATE:20260505', 'STATUS:CANCELLED', 'SUMMARY:not this year'],
  );
  expect(readDaysOff(text, YEARS)).toEqual([
    { on: '2026-04-27', name: 'King’s Day' },
    { on: '2026-12-25', name: 'Christmas, both days' },
    { on: '2026-12-26', name: 'Christmas, both days' },
  ]);
});

test.each([
  [
    'a day each year',
    ['DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=YEARLY'],
    ['2025-01-01', '2026-01-01', '2027-01-01', '2028-01-01'],
  ],
  [
    'the fourth Thursday of November',
    ['DTSTART;VALUE=DATE:20201126', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'],
    ['2025-11-27', '2026-11-26', '2027-11-25', '2028-11-23'],
  ],
  [
    'the last Monday of May',
    ['DTSTART;VALUE=DATE:20250526', 'RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2'],
    ['2025-05-26', '2026-05-25'],
  ],
  ['every other year', ['DTSTART;VALUE=DATE:20250401', 'RRULE:FREQ=YEARLY;INTERVAL=2'], ['2025-04-01', '2027-04-01']],
  ['until a year', ['DTSTART;VALUE=DATE:20250401', 'RRULE:FREQ=YEARLY;UNTIL=20260401'], ['2025-04-01', '2026-04-01']],
  [
    'the last day of February',
    ['DTSTART;VALUE=DATE:20250228', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'],
    ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'],
  ],
  ['a leap day', ['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'], ['2028-02-29']],
  [
    'save one, and one more',
    [
      'DTSTART;VALUE=DATE:20250401',
      'RRULE:FREQ=YEARLY;COUNT=3',
      'EXDATE;VALUE=DATE:20260401',
      'RDATE;VALUE=DATE:20260402,20260403',
    ],
    ['2025-04-01', '2026-04-02', '2026-04-03', '2027-04-01'],
  ],
  [
    'of several days over a new year',
    ['DTSTART;VALUE=DATE:20251230', 'DURATION:P3D'],
    ['2025-12-30', '2025-12-31', '2026-01-01'],
  ],
  [
    'with times',
    ['DTSTART;TZID=Europe/Amsterdam:20260504T120000', 'DTEND;TZID=Europe/Amsterdam:20260505T130000'],
    ['2026-05-04', '2026-05-05'],
  ],
  ['until midnight', ['DTSTART:20260504T000000Z', 'DTEND:20260505T000000Z'], ['2026-05-04']],
])('%s', (_, lines, days) => {
  expect(on(...lines)).toEqual(days);
});

test.each([
  ['no calendar at all', 'hello', 'line 1: is not BEGIN:VCALENDAR'],
  ['an event without a day', file(['SUMMARY:x']), 'has no DTSTART'],
  ['a day there is not', file(['DTSTART;VALUE=DATE:20260231']), 'line 5: DTSTART is no date'],
  ['a repetition by week', file(['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=WEEKLY']), 'only what repeats yearly'],
  [
    'a part it does not know',
    file(['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY;BYSETPOS=1;BYMONTH=1;BYDAY=MO']),
    'BYSETPOS is not read',
  ],
  ['an event that goes on for ever', file(['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20280101']), 'at most 62'],
  ['an end before its beginning', file(['DTSTART;VALUE=DATE:20260102', 'DTEND;VALUE=DATE:20260101']), 'before DTSTART'],
  ['a file cut short', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101', 'VEVENT has no end'],
  [
    'a moved repetition',
    file(['DTSTART;VALUE=DATE:20260102', 'RECURRENCE-ID;VALUE=DATE:20260101']),
    'an exception to a repetition',
  ],
])('%s is refused, saying where', (_, text, why) => {
  expect(() => readDaysOff(text, YEARS)).toThrow(why);
});

test('whatever it is given it answers with days of those years or one error, soon', () => {
  const lines = fc.constantFrom(
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'END:VEVENT',
    'END:VCALENDAR',
    'DTSTART:20260101',
    ' x',
    'RRULE:FREQ=YEARLY;COUNT=9999',
    'RRULE:FREQ=YEARLY;BYMONTHDAY=1',
    'SUMMARY:\u0000',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, fc.string({ unit: 'binary' })), { maxLength: 30 }), (all) => {
      try {
        for (const { on: day } of readDaysOff(['BEGIN:VCALENDAR', ...all].join('\n'), YEARS))
          expect(day).toMatch(/^202[5-8]-/);
      } catch (error) {
        expect((error as Error).message).toMatch(/^line \d+: /);
      }
    }),
    { numRuns: 500 },
  );
});
