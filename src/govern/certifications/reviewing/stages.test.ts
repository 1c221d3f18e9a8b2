import fc from 'fast-check';
import { expect, test } from 'vitest';
import { outcomeOf, VOTES, type Answer } from './stages.ts';

const answers = fc.array(fc.constantFrom<Answer>('keep', 'revoke', null), { minLength: 1, maxLength: 3 });

test('nothing is kept that nobody kept, whatever the rule and the time', () => {
  fc.assert(
    fc.property(fc.constantFrom(...VOTES), answers, fc.boolean(), (vote, given, over) => {
      const kept = outcomeOf(vote, given, over) === 'keep';
      expect(kept && !given.includes('keep')).toBe(false);
    }),
  );
});

test('once its time is over a stage has come to something', () => {
  fc.assert(
    fc.property(fc.constantFrom(...VOTES), answers, (vote, given) => {
      expect(outcomeOf(vote, given, true)).toBeDefined();
    }),
  );
});

test('what votes come to before their time is over stays so when it is', () => {
  fc.assert(
    fc.property(fc.constantFrom(...VOTES), answers, (vote, given) => {
      const early = outcomeOf(vote, given, false);
      expect(early === undefined || outcomeOf(vote, given, true) === early).toBe(true);
    }),
  );
});

test.each([
  ['one_accepts', ['keep', null], false, 'keep'],
  ['one_accepts', ['revoke', null], false, undefined],
  ['one_accepts', ['revoke', null], true, 'silence'],
  ['one_accepts', ['revoke', 'revoke'], false, 'revoke'],
  ['one_denies', ['revoke', null], false, 'revoke'],
  ['one_denies', ['keep', null], false, undefined],
  ['one_denies', ['keep', null], true, 'keep'],
  ['one_denies', [null, null], true, 'silence'],
  ['all_accept', ['keep', null], true, 'silence'],
  ['all_accept', ['keep', 'keep'], false, 'keep'],
  ['all_accept', ['keep', 'revoke'], false, 'revoke'],
  ['not_denied', ['keep', null], true, 'keep'],
  ['not_denied', [null, null], true, 'pass'],
] as const)('%s of %j, over: %s, comes to %s', (vote, given, over, outcome) => {
  expect(outcomeOf(vote, given, over)).toBe(outcome);
});
