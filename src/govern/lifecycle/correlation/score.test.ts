import fc from 'fast-check';
import { expect, test } from 'vitest';
import { becauseOf, foldName, judge, scoreCandidate, type AccountClues, type PersonClues } from './score.ts';

const account = (more: Partial<AccountClues>): AccountClues => ({
  name: 'thruby',
  fullNames: [],
  email: null,
  externalId: null,
  ...more,
});
const person = (more: Partial<PersonClues>): PersonClues => ({
  identityId: '1',
  username: 'thruby',
  fullNames: ['Tomáš Hrubý'],
  email: 'tomas.hruby@larkspur.example',
  externalIds: ['E1004'],
  accountNames: [],
  ...more,
});

test('username and full name together come to 0.97, and it is said so', () => {
  const found = scoreCandidate(account({ fullNames: ['Tomas Hruby'] }), person({}));
  expect(becauseOf(found)).toBe('username and full name match (0.97)');
  expect(judge([found]).link).toBe(true);
});

test('a username alone is not enough, and is worth a person’s time', () => {
  const found = scoreCandidate(account({}), person({}));
  expect(found.score).toBe(0.85);
  expect(judge([found])).toEqual({ ranked: [found], link: false });
});

test('a username that somebody surely has on another system is enough', () => {
  const found = scoreCandidate(account({}), person({ accountNames: ['thruby'] }));
  expect(becauseOf(found)).toBe('username and account elsewhere match (0.93)');
  expect(judge([found]).link).toBe(true);
});

test('a name that clearly differs speaks against: somebody else got the same username', () => {
  const found = scoreCandidate(account({ fullNames: ['Wilhelmina Zonneveld'] }), person({ accountNames: ['thruby'] }));
  expect(found.score).toBeLessThan(0.7);
  expect(judge([found]).link).toBe(false);
});

test('two candidates at 0.70 and 0.66 are not linked, and both are named with what speaks for each', () => {
  const both = [
    { identityId: 'b', score: 0.66, parts: [{ attribute: 'full name', score: 0.66 }] },
    { identityId: 'a', score: 0.7, parts: [{ attribute: 'full name', score: 0.7 }] },
  ] as const;
  const { ranked, link } = judge(both);
  expect(link).toBe(false);
  expect(ranked.map((c) => c.identityId)).toEqual(['a', 'b']);
});

test('two who both fit surely are not linked either', () => {
  const twins = [scoreCandidate(account({ fullNames: ['Tomas Hruby'] }), person({}))];
  expect(judge([...twins, { ...(twins[0] as (typeof twins)[0]), identityId: '2', score: 0.92 }]).link).toBe(false);
});

test('accents, case and the order of names do not matter; their letters do', () => {
  expect(foldName('HRUBÝ, Tomáš')).toBe(foldName('tomas hruby'));
  expect(foldName('Łukasz Sørensen-Groß')).toBe(foldName('gross sorensen lukasz'));
  expect(foldName('Ada Li')).not.toBe(foldName('Ada Lu'));
});

test('a score is between 0 and 1, more evidence never lowers it, and only names can', () => {
  const clue = fc.record({
    name: fc.constantFrom('thruby', 'other'),
    email: fc.constantFrom(null, 'tomas.hruby@larkspur.example', 'x@y.example'),
    externalId: fc.constantFrom(null, 'E1004', 'E9'),
  });
  fc.assert(
    fc.property(clue, (clues) => {
      const bare = scoreCandidate({ ...clues, fullNames: [] }, person({}));
      const named = scoreCandidate({ ...clues, fullNames: ['Tomáš Hrubý'] }, person({}));
      expect(bare.score >= 0 && named.score <= 1).toBe(true);
      expect(named.score).toBeGreaterThanOrEqual(bare.score);
    }),
  );
});
