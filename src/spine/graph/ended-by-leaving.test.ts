import { expect, test } from 'vitest';
import { endedByLeaving, reasonOf } from './events.ts';

test('only a leaving is taken for one: no other reason, and nobody who writes the word', () => {
  expect(endedByLeaving(reasonOf('left', undefined))).toBe(true);
  expect(endedByLeaving(reasonOf('given back', undefined))).toBe(false);
  expect(endedByLeaving(reasonOf('left', 'ended by who is in charge'))).toBe(false);
  expect(endedByLeaving({ reason: 'left', words: 'left' })).toBe(false);
});
