import { expect, test } from 'vitest';
import { runCrashes } from './crash/run-crashes.ts';

test('killed three times in the middle of the story, Reeve keeps what it promised, takes back what it must, and verifies', async () => {
  const lines: string[] = [];
  const rows = await runCrashes({ rounds: 3, seed: 53, say: (line) => lines.push(line) });
  console.log(lines.join('\n'));
  expect(rows).toHaveLength(3);
  expect(Math.max(...rows.map((r) => r.lostMs))).toBeLessThanOrEqual(1000);
}, 300_000);
