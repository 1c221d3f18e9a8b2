import { expect, test } from 'vitest';
import { run } from './campaign.ts';

test('the benchmark of campaigns runs, and its own checks hold', { timeout: 120_000 }, async () => {
  const lines = await run({ people: 300, grantsEach: 4, entitlements: 40, managers: 10, pages: 12, batches: 3 });
  expect(lines.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining([
      'generate_seconds',
      'page_p95_ms',
      'decisions_per_second',
      'signatures_per_second',
      'most_rss_mb',
    ]),
  );
});
