import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canAllBeDecided } from './approvers/distinct-deciders.ts';
import { begin, effectOf, endOf, highestRisk, move, type Move, type Progress } from './model.ts';

const moves = fc.array(fc.constantFrom<Move>('approve', 'deny', 'withdraw', 'expire'), { maxLength: 12 });

test('whatever is tried in whatever order, a request is pending with one open step or over with none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), moves, (steps, tried) => {
      let here: Progress = begin(steps);
      for (const kind of tried) {
        const next = move(here, kind);
        if (here.state !== 'pending') expect(next).toBeUndefined();
        else expect(next).toBeDefined();
        here = next ?? here;
        const count = (s: string): number => here.steps.filter((x) => x === s).length;
        expect(here.steps).toHaveLength(steps);
        expect(count('open')).toBe(here.state === 'pending' ? 1 : 0);
        if (here.state !== 'pending') expect(count('waiting')).toBe(0);
        expect(here.state === 'approved').toBe(count('approved') === steps);
        expect(count('denied')).toBe(here.state === 'denied' ? 1 : 0);
        // Approved steps come first: none is skipped over.
        const approved = here.steps.lastIndexOf('approved');
        expect(here.steps.slice(0, approved + 1).every((s) => s === 'approved')).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

test('as many approvals as there are steps approve a request, and not one fewer', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), (steps) => {
      let here: Progress = begin(steps);
      for (let i = 0; i < steps; i += 1) {
        expect(here.state).toBe('pending');
        here = move(here, 'approve') ?? here;
      }
      expect(here.state).toBe('approved');
    }),
  );
});

test('a request without a step is not made', () => {
  expect(() => begin(0)).toThrow('at least one step');
});

test('steps that cannot all be decided by different people are seen, against trying every choice', () => {
  const people = fc.constantFrom('a', 'b', 'c', 'd');
  const choose = (sets: readonly (readonly string[])[], taken: readonly string[]): boolean => {
    const [first, ...rest] = sets;
    return first === undefined || first.some((id) => !taken.includes(id) && choose(rest, [...taken, id]));
  };
  let impossible = 0;
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(people), { maxLength: 5 }), (sets) => {
      const possible = choose(sets, []);
      if (!possible) impossible += 1;
      expect(canAllBeDecided(sets.map((ids) => ids.map((id) => ({ voice: id, actor: id }))))).toBe(possible);
    }),
    { numRuns: 2000 },
  );
  expect(impossible).toBeGreaterThan(100);
});

test('time begins with the last approval, an end stays where it was set', () => {
  const now = new Date('2026-03-02T10:00:00Z');
  expect(endOf({ seconds: 7200, until: null }, now)).toEqual(new Date('2026-03-02T12:00:00Z'));
  expect(endOf({ seconds: null, until: now }, now)).toEqual(now);
  expect(endOf({ seconds: null, until: null }, now)).toBeNull();
  expect(highestRisk(['low', 'critical', 'high'])).toBe('critical');
  expect(highestRisk([])).toBe('low');
});

test('access is in effect, and gone, when all its targets say so, in whatever order they are told', () => {
  fc.assert(
    fc.property(fc.nat(5), (targets) => {
      for (let told = 0; told <= targets; told += 1) {
        const all = told === targets;
        expect(effectOf({ targets, realised: told, ended: false, withdrawn: 0 })).toBe(all ? 'effective' : 'pending');
        expect(effectOf({ targets, realised: targets, ended: true, withdrawn: told })).toBe(
          all ? 'withdrawn' : 'withdrawing',
        );
      }
      // Ended before it was ever made real: what was never there is gone when the targets say so.
      expect(effectOf({ targets, realised: 0, ended: true, withdrawn: targets })).toBe('withdrawn');
    }),
  );
});
