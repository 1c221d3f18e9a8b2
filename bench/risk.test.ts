import { expect, test } from 'vitest';
import { run } from './risk.ts';

test('the benchmark of risk runs, and its own checks hold', { timeout: 120_000 }, async () => {
  const lines = await run({ people: 500, entitlements: 600, roles: 20, alone: 5 });
  expect(lines.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining(['people_per_second_first', 'people_per_second_again', 'one_person_ms']),
  );
});
