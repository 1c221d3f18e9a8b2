import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IdentityFacts } from '../model.ts';
import { changedFacts, diffFacts, factsAt, sliceFacts, type FactSlice } from './slice-facts.ts';
import { completeFacts } from './store-facts.ts';

const DAY = 86_400_000;
const date = (day: number): Date => new Date(day * DAY);
const person = (change: Partial<IdentityFacts> = {}): IdentityFacts => ({
  ...completeFacts({ displayName: 'Lena' }),
  ...change,
});
const slice = (from: number, to: number | null, change: Partial<IdentityFacts> = {}): FactSlice => ({
  facts: person(change),
  validFrom: date(from),
  validTo: to === null ? null : date(to),
});
/** What holds on each day, and nothing where nothing holds. */
const daily = (
  slices: readonly FactSlice[],
  name: 'department' | 'jobTitle',
  days = 20,
): (string | null | undefined)[] => Array.from({ length: days }, (_, day) => factsAt(slices, date(day))?.[name]);

describe('a change of facts', () => {
  test('holds from its first day and leaves the days before alone', () => {
    const after = sliceFacts([slice(0, null, { department: 'Finance' })], { department: 'Sales' }, date(5));
    expect(after).toEqual([slice(0, 5, { department: 'Finance' }), slice(5, null, { department: 'Sales' })]);
  });

  test('of the past does not undo what was decided since', () => {
    const before = [slice(0, 10, { department: 'Finance' }), slice(10, null, { department: 'Sales' })];
    const after = sliceFacts(before, { department: 'Audit' }, date(3));
    expect(daily(after, 'department', 12)).toEqual([
      ...Array(3).fill('Finance'),
      ...Array(7).fill('Audit'),
      'Sales',
      'Sales',
    ]);
  });

  test('of one fact passes through later slices that change another', () => {
    const before = [slice(0, 10, { jobTitle: 'Clerk' }), slice(10, null, { jobTitle: 'Lead' })];
    const after = sliceFacts(before, { department: 'Sales' }, date(3));
    expect(daily(after, 'department', 12).slice(3)).toEqual(Array(9).fill('Sales'));
    expect(daily(after, 'jobTitle', 12)).toEqual([...Array(10).fill('Clerk'), 'Lead', 'Lead']);
  });

  test('with an end holds exactly until then, whatever was planned', () => {
    const before = [slice(0, 10, { department: 'Finance' }), slice(10, null, { department: 'Sales' })];
    const after = sliceFacts(before, { department: 'Loan' }, date(8), date(12));
    expect(daily(after, 'department', 14)).toEqual([
      ...Array(8).fill('Finance'),
      ...Array(4).fill('Loan'),
      'Sales',
      'Sales',
    ]);
  });

  test('before the first slice extends that slice backwards', () => {
    const after = sliceFacts([slice(5, null, { jobTitle: 'Clerk' })], { department: 'Sales' }, date(2));
    expect(after).toEqual([slice(2, null, { jobTitle: 'Clerk', department: 'Sales' })]);
  });

  test('that says what holds already changes nothing', () => {
    const before = [slice(0, 10, { attributes: { a: 1, b: { c: 2 } } }), slice(10, null)];
    expect(sliceFacts(before, { attributes: { b: { c: 2 }, a: 1 } }, date(0), date(10))).toEqual(before);
  });

  test('is told as before and after of the facts that differ', () => {
    const diff = diffFacts(
      'id',
      date(1),
      person({ department: 'Finance' }),
      person({ department: 'Sales', email: 'l@x' }),
    );
    expect(diff).toMatchObject({
      changed: ['email', 'department'],
      before: { department: 'Finance', email: null },
      after: { department: 'Sales', email: 'l@x' },
    });
  });
});

test('on random sequences of changes every day says what the last change that covers it said', () => {
  const change = fc.record({
    department: fc.constantFrom('A', 'B', 'C'),
    from: fc.integer({ min: 0, max: 14 }),
    lasts: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
      let slices: FactSlice[] = [slice(0, null, { department: 'start' })];
      const days: (string | null | undefined)[] = Array(20).fill('start');
      for (const c of changes) {
        slices = sliceFacts(slices, { department: c.department }, date(c.from), date(c.from + c.lasts));
        for (let day = c.from; day < Math.min(20, c.from + c.lasts); day += 1) days[day] = c.department;
        expect(daily(slices, 'department')).toEqual(days);
        for (const [i, s] of slices.entries()) {
          const next = slices[i + 1];
          expect(s.validTo?.getTime()).toBe(next?.validFrom.getTime());
          expect(next === undefined || changedFacts(s.facts, next.facts).length > 0).toBe(true);
        }
      }
    }),
  );
});

test('an open-ended change holds until the next day on which that fact changed, on random slices', () => {
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 18 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      cuts,
      fc.array(fc.constantFrom('A', 'B'), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 0, max: 19 }),
      (at, names, from) => {
        const bounds = [0, ...at.sort((a, b) => a - b)];
        const slices = bounds.map((b, i) =>
          slice(b, bounds[i + 1] ?? null, { department: names[i] ?? 'A', jobTitle: String(i) }),
        );
        const before = daily(slices, 'department');
        const end = before.findIndex((d, day) => day > from && d !== before[day - 1]);
        const after = daily(sliceFacts(slices, { department: 'new' }, date(from)), 'department');
        const want = before.map((d, day) => (day >= from && (end === -1 || day < end) ? 'new' : d));
        expect(after).toEqual(want);
      },
    ),
  );
});
