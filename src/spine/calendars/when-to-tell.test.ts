import { expect, test } from 'vitest';
import { readWeek } from './week-hours.ts';
import { afterQuietHours, nextMorning, nextWorkingHour } from './when-to-tell.ts';
import type { Calendar } from './working-time.ts';

const amsterdam: Calendar = {
  site: 'amsterdam',
  timeZone: 'Europe/Amsterdam',
  week: readWeek(['mon-fri 09:00-12:00', 'mon-fri 13:00-17:00']),
  holidays: new Set(['2026-12-25']),
};
const at = (iso: string): Date => new Date(iso);
const iso = (date: Date): string => date.toISOString().slice(0, 16);

test('quiet hours past midnight end the next morning, by the clock of the site, also where clocks change', () => {
  const night = { from: '22:00', to: '07:00' };
  const end = (from: string): string => iso(afterQuietHours('Europe/Amsterdam', night, at(from)));
  expect(end('2026-11-26T21:30:00Z')).toBe('2026-11-27T06:00');
  expect(end('2026-11-27T05:59:00Z')).toBe('2026-11-27T06:00');
  expect(end('2026-11-27T06:00:00Z')).toBe('2026-11-27T06:00');
  expect(end('2026-11-26T12:00:00Z')).toBe('2026-11-26T12:00');
  // Clocks are put forward at two: the night is an hour shorter.
  expect(end('2026-03-28T22:00:00Z')).toBe('2026-03-29T05:00');
  const noon = { from: '12:00', to: '13:00' };
  expect(iso(afterQuietHours('Europe/Amsterdam', noon, at('2026-11-26T11:30:00Z')))).toBe('2026-11-26T12:00');
});

test('the next morning is when work next begins: not after a break, not on a day off or at the weekend', () => {
  const morning = (from: string): string => iso(nextMorning(amsterdam, at(from)));
  expect(morning('2026-11-26T07:00:00Z')).toBe('2026-11-26T08:00');
  expect(morning('2026-11-26T08:00:00Z')).toBe('2026-11-27T08:00');
  expect(morning('2026-11-26T11:30:00Z')).toBe('2026-11-27T08:00');
  expect(morning('2026-12-24T15:00:00Z')).toBe('2026-12-28T08:00');
  const never = { ...amsterdam, week: readWeek([]) };
  expect(iso(nextMorning(never, at('2026-11-26T07:00:00Z')))).toBe('2027-01-25T07:00');
});

test('the next hour is a full one by the clock of the site, in its hours of work', () => {
  const hour = (calendar: Calendar, from: string): string => iso(nextWorkingHour(calendar, at(from)));
  expect(hour(amsterdam, '2026-11-26T08:10:00Z')).toBe('2026-11-26T09:00');
  expect(hour(amsterdam, '2026-11-26T10:30:00Z')).toBe('2026-11-26T12:00');
  expect(hour(amsterdam, '2026-11-27T15:30:00Z')).toBe('2026-11-30T08:00');
  expect(hour({ ...amsterdam, timeZone: 'Asia/Kolkata' }, '2026-11-26T04:40:00Z')).toBe('2026-11-26T05:30');
});
