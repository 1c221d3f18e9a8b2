import { expect, test } from 'vitest';
import { findImprovements, type LookedRole } from './find-improvements.ts';

const role = (id: string, holders: number[], gives: number[], use: LookedRole['use'] = 'used'): LookedRole => ({
  id,
  holders: new Set(holders),
  gives: new Set(gives),
  use,
});

test('what nobody used is to be retired, and what is unknown is not', () => {
  const found = findImprovements([role('a', [1, 2], [1], 'unused'), role('b', [1, 2], [2], 'unknown')]);
  expect(found).toEqual([{ what: 'retire', roleIds: ['a'], people: 2, coverage: 2, extra: 0 }]);
});

test('roles that give the same are one role, with what that would add', () => {
  const found = findImprovements([role('a', [1, 2], [1, 2, 3, 4, 5]), role('b', [2, 3], [1, 2, 3, 4])]);
  expect(found).toEqual([{ what: 'merge', roleIds: ['a', 'b'], people: 3, coverage: 14, extra: 1 }]);
});

test('a role that gives all another gives may contain it; what has nothing in common is left alone', () => {
  const found = findImprovements([role('a', [1], [1, 2]), role('b', [2], [1, 2, 3, 4, 5]), role('c', [3], [9])]);
  expect(found).toEqual([{ what: 'contain', roleIds: ['b', 'a'], people: 2, coverage: 7, extra: 0 }]);
});
