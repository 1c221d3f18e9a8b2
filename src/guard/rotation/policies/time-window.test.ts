import { expect, test } from 'vitest';
import { isWithin, timeWindow } from './time-window.ts';

const at = (iso: string): Date => new Date(iso);
const night = timeWindow.parse({ days: [5], from: '22:00', to: '04:00', timeZone: 'Europe/Berlin' });

test('a window over midnight belongs to the day on which it begins, in its own time zone', () => {
  expect(isWithin(night, at('2026-03-06T20:59:00Z'))).toBe(false); // Friday 21:59 in Berlin
  expect(isWithin(night, at('2026-03-06T21:00:00Z'))).toBe(true);
  expect(isWithin(night, at('2026-03-07T02:59:00Z'))).toBe(true); // Saturday 03:59
  expect(isWithin(night, at('2026-03-07T03:00:00Z'))).toBe(false);
  expect(isWithin(night, at('2026-03-06T02:00:00Z'))).toBe(false); // the night of Thursday
});

test('a window follows daylight saving, and one from and to the same time is the whole day', () => {
  expect(isWithin(night, at('2026-07-03T20:00:00Z'))).toBe(true); // Friday 22:00 in summer
  const monday = timeWindow.parse({ days: [1], from: '00:00', to: '00:00' });
  expect(isWithin(monday, at('2026-03-02T12:00:00Z'))).toBe(true);
  expect(isWithin(null, at('2026-03-02T12:00:00Z'))).toBe(true);
});

test('a time zone that is none is refused', () => {
  for (const timeZone of ['Europe/Atlantis', '+02:00', ''])
    expect(timeWindow.safeParse({ from: '22:00', to: '23:00', timeZone }).success).toBe(false);
});
