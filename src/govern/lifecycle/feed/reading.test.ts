import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kit/db/index.ts';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { dayAfter, dayStart, isDay, isTimeZone } from './day-start.ts';
import { deriveState } from './derive-state.ts';
import { findColumns } from './find-columns.ts';
import { digestOf, mapRow } from './map-row.ts';
import { DEFAULT_MAPPING, type FeedRecord } from './model.ts';

const HEADER = [
  ...new Set([...Object.values(DEFAULT_MAPPING.columns), ...Object.values(DEFAULT_MAPPING.attributes)]),
].filter((name) => name !== null);
const places = findColumns(HEADER, DEFAULT_MAPPING);
if (!('fact' in places)) throw new Error('the default mapping does not fit its own header');
const GOOD: Record<string, string> = {
  employee_id: 'E1',
  first_name: 'Tomáš',
  last_name: 'Hrubý',
  email: 'tomas@larkspur.example',
  username: 'tomas',
  status: 'active',
  start_date: '2020-02-29',
  employment_type: 'employee',
};
const map = (more: Record<string, string>) =>
  mapRow(
    HEADER.map((column) => ({ ...GOOD, ...more })[column] ?? ''),
    7,
    places,
    DEFAULT_MAPPING,
  );
const recordOf = (more: Record<string, string>): FeedRecord => {
  const mapped = map(more);
  if (mapped.problems !== undefined) throw new Error(JSON.stringify(mapped.problems));
  return mapped.record;
};

describe('one row', () => {
  test.each([
    ['a shell command', { username: 'a;reboot' }],
    ['an option', { username: '-oProxyCommand=x' }],
    ['a path', { username: '../root' }],
    ['a name systems keep', { username: 'Root' }],
    ['a name with spaces', { username: 'a b' }],
    ['an address with a header', { email: 'a@b.example\nBcc: x@y.example' }],
    ['no address', { email: 'nobody' }],
    ['a direction mark', { first_name: 'a\u202Eb' }],
    ['a control character', { last_name: 'a\u0007b' }],
    ['a lone surrogate', { last_name: 'a\uD800b' }],
    ['a very long name', { first_name: 'a'.repeat(201) }],
    ['a day that is none', { start_date: '2026-02-30' }],
    ['a day written otherwise', { start_date: '03/02/2026' }],
    ['an end before the beginning', { end_date: '2019-01-01' }],
    ['an unknown status', { status: 'on holiday' }],
    ['a status that is a word of JavaScript', { status: '__proto__' }],
    ['no status', { status: '' }],
    ['no key', { employee_id: '' }],
    ['no first day', { start_date: '' }],
  ])('with %s is told by row and column, without repeating the value', (_what, more) => {
    const mapped = map(more);
    const [problem] = mapped.problems ?? [];
    expect(problem).toMatchObject({ code: 'row.value', row: 7, column: Object.keys(more)[0] });
    expect(problem?.detail).toMatch(/^row 7: /);
    const value = Object.values(more)[0] ?? '';
    if (value.length > 1) expect(problem?.detail).not.toContain(value);
  });

  test.each([
    ['a formula', { job_title: '=HYPERLINK("http://x.example")' }],
    ['markup', { department: '<script>alert(1)</script>' }],
    ['SQL', { last_name: "'); drop table identity; --" }],
    ['another script', { first_name: '田中', last_name: '花子' }],
    ['an apostrophe and a hyphen', { last_name: "O'Neill-Adjei" }],
  ])('with %s is taken as it is: it is text', (_what, more) => {
    const record = recordOf(more);
    expect(JSON.stringify(record)).toContain(JSON.stringify(Object.values(more)[0]).slice(1, -1));
  });

  test('is the same row whether its accents are composed or not, and whatever surrounds its values', () => {
    const composed = recordOf({});
    const other = recordOf({ first_name: ' Toma\u0301s\u030C ', username: 'tomas ' });
    expect(other.displayName).toBe(composed.displayName);
    expect(digestOf(other)).toEqual(digestOf(composed));
  });

  test('of which anything changes has another digest', () => {
    const before = digestOf(recordOf({})).toString('hex');
    for (const [column, value] of [
      ['department', 'X'],
      ['end_date', '2031-01-01'],
      ['status', 'leave'],
      ['manager_employee_id', 'E9'],
      ['cost_centre', 'C'],
      ['preferred_name', 'T'],
    ] as const)
      expect(digestOf(recordOf({ [column]: value })).toString('hex')).not.toBe(before);
  });
});

describe('a header', () => {
  test('whose column is renamed is refused with the likely new name', () => {
    const found = findColumns(
      HEADER.map((c) => (c === 'job_title' ? 'jobtitle' : c)),
      DEFAULT_MAPPING,
    );
    expect(found).toMatchObject([{ code: 'feed.column_missing', column: 'job_title' }]);
    expect(JSON.stringify(found)).toContain('is it called jobtitle now');
  });
  test('may have columns nobody mapped, in any order and case', () => {
    expect(
      findColumns([...HEADER.map((c) => ` ${c.toUpperCase()}`), 'shoe_size'].reverse(), DEFAULT_MAPPING),
    ).toHaveProperty('fact');
  });
  test('that names a column twice is refused: which one would count?', () => {
    expect(findColumns([...HEADER, 'email'], DEFAULT_MAPPING)).toMatchObject([{ code: 'feed.column_twice' }]);
  });
});

describe('where a day begins', () => {
  let base: TestDatabase;
  beforeAll(async () => {
    base = await testDatabase({ empty: true });
  });
  afterAll(() => base.drop());

  test('is what PostgreSQL says, in every zone and through clock changes', async () => {
    const zones = [
      'UTC',
      'Europe/Amsterdam',
      'America/New_York',
      'Asia/Kolkata',
      'Asia/Beirut',
      'America/Sao_Paulo',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Pacific/Kiritimati',
      'America/St_Johns',
      'Asia/Tehran',
    ];
    const days = Array.from({ length: 400 }, (_, i) =>
      new Date(Date.UTC(2017, 8, 1) + i * 10 * 86_400_000).toISOString().slice(0, 10),
    );
    const changes = ['2018-11-04', '2022-03-27', '2023-03-26', '2024-03-31', '2024-10-27', '2024-04-26', '2011-12-31'];
    for (const zone of zones) {
      const rows = await base.db.many<{ day: string; at: Date }>(sql`
        select day, day::timestamp at time zone ${zone} as at from unnest(${[...days, ...changes]}::text[]) as d(day)`);
      for (const { day, at } of rows)
        expect([zone, day, dayStart(day, zone).toISOString()]).toEqual([zone, day, at.toISOString()]);
    }
  });
});

test('a day is a day of the calendar', () => {
  expect(['2024-02-29', '1999-12-31'].every(isDay)).toBe(true);
  expect(['2023-02-29', '2026-13-01', '26-01-01', '2026-1-1', '9999-01-01', ''].some(isDay)).toBe(false);
  expect(dayAfter('2024-02-28')).toBe('2024-02-29');
  expect(isTimeZone('Europe/Amsterdam')).toBe(true);
  expect(isTimeZone('Mars/Olympus')).toBe(false);
});

describe('the state', () => {
  const day = fc
    .integer({ min: 0, max: 40 })
    .map((n) => new Date(Date.UTC(2026, 2, 1) + n * 86_400_000).toISOString().slice(0, 10));
  const record = fc.record({
    status: fc.constantFrom('pre_hire', 'active', 'leave', 'leaver'),
    startsOn: fc.option(day),
    endsOn: fc.option(day),
  });

  test('stays what it is until the instant it says it changes next, and changes then or later', () => {
    fc.assert(
      fc.property(
        record,
        fc.integer({ min: 0, max: 45 * 24 }),
        fc.integer({ min: 1, max: 45 * 24 }),
        (r, hour, more) => {
          const at = new Date(Date.UTC(2026, 2, 1) + hour * 3_600_000);
          const now = deriveState(r, 'Europe/Amsterdam', at);
          const later = new Date(at.getTime() + more * 3_600_000);
          if (now.dueAt === null || later < now.dueAt)
            expect(deriveState(r, 'Europe/Amsterdam', later).state).toBe(now.state);
          else expect(now.dueAt > at).toBe(true);
        },
      ),
    );
  });

  test('never lets anybody in before the first day, after the last, or against HR’s word', () => {
    fc.assert(
      fc.property(record, fc.integer({ min: 0, max: 45 }), (r, n) => {
        const at = new Date(Date.UTC(2026, 2, 1, 12) + n * 86_400_000);
        const today = at.toISOString().slice(0, 10);
        const { state } = deriveState(r, 'UTC', at);
        if (r.status === 'leaver' || (r.endsOn !== null && today > r.endsOn)) expect(state).toBe('leaver');
        else if (r.startsOn !== null && today < r.startsOn) expect(state).toBe('pre_hire');
        else expect(state).not.toBe('leaver');
      }),
    );
  });
});
