import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWeek } from '../week-hours.ts';
import { isWithin } from './is-within.ts';
import { openingAt } from './opening.ts';

const at = (text: string): Date => new Date(text);
const calendar = (hours: readonly string[], timeZone = 'UTC', holidays: readonly string[] = []) => ({
  site: 'house',
  timeZone,
  week: readWeek(hours),
  holidays: new Set(holidays),
});

test('hours are open from their beginning until their end, and say when they close and open next', () => {
  const tuesdays = calendar(['tue 09:00-17:00'], 'Europe/Amsterdam');
  expect(openingAt(tuesdays, at('2026-06-02T06:59:59Z'))).toEqual({
    open: false,
    closesAt: null,
    opensAt: at('2026-06-02T07:00:00Z'),
  });
  expect(openingAt(tuesdays, at('2026-06-02T07:00:00Z'))).toEqual({
    open: true,
    closesAt: at('2026-06-02T15:00:00Z'),
    opensAt: null,
  });
  expect(openingAt(tuesdays, at('2026-06-02T15:00:00Z'))).toMatchObject({
    open: false,
    opensAt: at('2026-06-09T07:00:00Z'),
  });
});

test('past midnight is one stretch; where clocks are put forward it is an hour shorter', () => {
  const night = calendar(['sat 22:00-24:00', 'sun 00:00-06:00'], 'Europe/Amsterdam');
  expect(openingAt(night, at('2026-03-28T21:30:00Z')).closesAt).toEqual(at('2026-03-29T04:00:00Z'));
  expect(openingAt(night, at('2026-03-21T21:30:00Z')).closesAt).toEqual(at('2026-03-22T05:00:00Z'));
});

test('a day off of the calendar is closed; all hours of all days never close', () => {
  const week = ['mon-fri 09:00-17:00'];
  expect(openingAt(calendar(week, 'UTC', ['2026-06-02']), at('2026-06-02T12:00:00Z'))).toMatchObject({
    open: false,
    opensAt: at('2026-06-03T09:00:00Z'),
  });
  expect(openingAt(calendar(['mon-sun 00:00-24:00']), at('2026-06-02T12:00:00Z'))).toEqual({
    open: true,
    closesAt: null,
    opensAt: null,
  });
});

test('hours within others are never open where those are closed', () => {
  const days = ['mon', 'tue', 'sat', 'sun'];
  const two = (n: number): string => String(n).padStart(2, '0');
  const line = fc
    .tuple(fc.constantFrom(...days), fc.nat({ max: 22 }), fc.integer({ min: 1, max: 24 }))
    .filter(([, from, until]) => from < until)
    .map(([day, from, until]) => `${day} ${two(from)}:00-${two(until)}:00`);
  const lines = fc.array(line, { minLength: 1, maxLength: 3 });
  const hour = fc.nat({ max: 24 * 7 }).map((h) => new Date(Date.UTC(2026, 5, 1, h, 30)));
  fc.assert(
    fc.property(lines, lines, fc.array(hour, { minLength: 20, maxLength: 40 }), (next, before, hours) => {
      const said = (some: readonly string[]) => ({ hours: some, timeZone: 'UTC', site: null });
      const more = hours.some((h) => openingAt(calendar(next), h).open && !openingAt(calendar(before), h).open);
      return !(isWithin(said(next), said(before)) && more);
    }),
    { numRuns: 100 },
  );
  expect(
    isWithin(
      { hours: ['tue 10:00-12:00'], timeZone: 'UTC', site: null },
      { hours: ['mon-fri 09:00-17:00'], timeZone: 'UTC', site: null },
    ),
  ).toBe(true);
  expect(
    isWithin(
      { hours: ['tue 10:00-12:00'], timeZone: 'Europe/Paris', site: null },
      { hours: ['mon-fri 09:00-17:00'], timeZone: 'UTC', site: null },
    ),
  ).toBe(false);
});
