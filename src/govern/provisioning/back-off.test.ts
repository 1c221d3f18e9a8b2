import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextTryMs } from './back-off.ts';

test('a target that is away is looked for at least once a minute, however long it is away', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), (tries) => {
      const wait = nextTryMs('unreachable', tries);
      expect(wait).toBeGreaterThanOrEqual(1000);
      expect(wait).toBeLessThanOrEqual(60_000);
    }),
  );
});

test('what goes wrong again and again is tried less often each time, and at last given to a person', () => {
  const waits = Array.from({ length: 25 }, (_, i) => nextTryMs('failed', i + 1));
  const tried = waits.filter((w) => w !== undefined);
  expect(tried).toEqual([...tried].sort((a, b) => a - b));
  expect(tried.length).toBe(19);
  expect(waits.at(-1)).toBeUndefined();
});
