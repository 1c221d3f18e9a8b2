import { expect, test } from 'vitest';
import { runReviews } from './review/run-reviews.ts';

test('killed while it freezes, decides, signs and closes, a campaign loses no decision and does none twice', async () => {
  const lines: string[] = [];
  const rows = await runReviews({ rounds: 1, seed: 7, say: (line) => lines.push(line) });
  console.log(lines.join('\n'));
  const steps = new Set(rows.flatMap((r) => r.killed));
  expect(rows).toHaveLength(1);
  expect(steps.size).toBeGreaterThanOrEqual(3);
}, 180_000);
