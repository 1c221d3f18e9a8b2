import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedRecord } from '../feed/model.ts';
import { ALONE } from '../sources/model.ts';
import { lifeOf, mergeRecords, type Said } from './merge-records.ts';

const NOW = new Date('2026-03-02T12:00:00Z');
const record = (more: Partial<FeedRecord> = {}): FeedRecord => ({
  externalId: 'E1',
  kind: 'person',
  displayName: 'Ada',
  email: null,
  username: null,
  department: null,
  orgUnit: null,
  jobTitle: null,
  managerExternalId: null,
  status: 'active',
  startsOn: '2020-01-01',
  endsOn: null,
  attributes: {},
  ...more,
});
const said = (sourceId: string, more: Partial<Said> = {}): Said => ({
  sourceId,
  sourceName: sourceId,
  externalId: 'E1',
  terms: ALONE,
  timeZone: 'UTC',
  record: record(),
  managerId: null,
  managerState: null,
  present: true,
  ...more,
});
const fills = { ...ALONE, lifecycle: false, rank: 200 };

test('each fact is that of the best-ranked source that says any; a rank may be of one fact only', () => {
  const hr = said('a', { record: record({ department: 'Ops', email: 'old@x.example', attributes: { floor: '1' } }) });
  const directory = said('b', {
    terms: { ...fills, ranks: { email: 1 } },
    record: record({
      displayName: 'A. D.',
      department: 'IT',
      email: 'new@x.example',
      jobTitle: 'Nurse',
      attributes: { floor: '2', desk: '7' },
    }),
  });
  const { record: merged, from } = mergeRecords([directory, hr], NOW);
  expect(merged).toMatchObject({
    displayName: 'Ada',
    department: 'Ops',
    email: 'new@x.example',
    jobTitle: 'Nurse',
    attributes: { floor: '1', desk: '7' },
  });
  expect(Object.fromEntries([...from].map(([fact, by]) => [fact, by.sourceId]))).toEqual({
    displayName: 'a',
    department: 'a',
    email: 'b',
    jobTitle: 'b',
    floor: 'a',
    desk: 'b',
    status: 'a',
  });
});

test('when a source stops knowing somebody, its facts fall back to the next', () => {
  const hr = said('a', { present: false, record: record({ department: 'Ops' }) });
  const other = said('b', { record: record({ department: 'IT' }) });
  expect(mergeRecords([hr, other], NOW).record?.department).toBe('IT');
});

test('somebody has left when every source that decides says so, and a source that does not decide ends nothing', () => {
  const works = said('a');
  const left = said('b', { record: record({ status: 'leaver' }) });
  const silent = said('c', { present: false });
  const quietDirectory = said('d', { terms: fills, present: false });
  const state = (...all: Said[]): string | undefined => {
    const life = lifeOf(all, NOW);
    return life.decided ? life.derived.state : undefined;
  };
  expect(state(works, left)).toBe('active');
  expect(state(works, silent)).toBe('active');
  expect(state(left, silent)).toBe('leaver');
  expect(state(silent)).toBe('leaver');
  expect(state(works, quietDirectory)).toBe('active');
  expect(state(left, said('d', { terms: fills }))).toBe('leaver');
  expect(state(quietDirectory)).toBeUndefined();
});

test('the state among those at work is that of the better rank, with its own days and time zone', () => {
  const hr = said('a', { record: record({ status: 'leave', endsOn: '2026-12-31' }) });
  const agency = said('b', {
    record: record({ endsOn: '2026-06-30' }),
    terms: { ...ALONE, ranks: { status: 1 } },
    timeZone: 'Asia/Tokyo',
  });
  const merged = mergeRecords([hr, agency], NOW);
  expect(merged.life).toMatchObject({
    decided: true,
    derived: { state: 'active', dueAt: new Date('2026-06-30T15:00:00Z') },
  });
  expect(merged).toMatchObject({ timeZone: 'Asia/Tokyo', record: { endsOn: '2026-06-30' } });
});

test('it does not matter in which order sources speak, and no fact is made up', () => {
  const text = fc.constantFrom(null, 'x', 'y');
  const one = fc.record({
    present: fc.boolean(),
    lifecycle: fc.boolean(),
    rank: fc.integer({ min: 0, max: 2 }),
    email: text,
    department: text,
    desk: text,
    status: fc.constantFrom('active', 'leaver', 'leave'),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (makes) => {
      const all = makes.map((m, i) =>
        said(`s${i}`, {
          present: m.present,
          terms: { ...ALONE, lifecycle: m.lifecycle, rank: m.rank },
          record: record({
            email: m.email,
            department: m.department,
            status: m.status as FeedRecord['status'],
            attributes: m.desk === null ? {} : { desk: m.desk },
          }),
        }),
      );
      const merged = mergeRecords(all, NOW);
      const back = mergeRecords([...all].reverse(), NOW);
      expect(back.record).toEqual(merged.record);
      expect(back.life).toEqual(merged.life);
      for (const [fact, by] of merged.from) {
        if (fact === 'email' || fact === 'department') {
          expect(by.present).toBe(true);
          expect(merged.record?.[fact]).toBe(by.record[fact]);
        }
      }
      const anyAtWork = all.some((s) => s.present && s.terms.lifecycle && s.record.status !== 'leaver');
      const left = merged.life.decided && merged.life.derived.state === 'leaver';
      expect(left).toBe(all.some((s) => s.terms.lifecycle) && !anyAtWork);
    }),
    { numRuns: 500 },
  );
});
