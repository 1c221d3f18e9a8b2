import { expect, test } from 'vitest';
import { run } from './sod.ts';

test('the benchmark of separated duties runs, and its own checks hold', { timeout: 240_000 }, async () => {
  const lines = await run({
    full: { identities: 20_000, entitlements: 500, rules: 100 },
    inSql: { identities: 2000, entitlements: 500, rules: 100 },
    database: { people: 50, entitlements: 200, rules: 50, asked: 20 },
    changes: 200,
  });
  expect(lines.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining(['full_pass_seconds', 'change_p99_ms', 'sql_ratio', 'peak_rss_mb', 'conflicts_found']),
  );
  expect(lines.find(({ metric }) => metric === 'conflicts_found')?.value).toBeGreaterThan(100);
});
