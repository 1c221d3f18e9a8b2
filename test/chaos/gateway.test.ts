import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase, type TestDatabase } from '#kit/testing/index.ts';
import { runKills } from './gateway/run-kills.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

test('a gateway killed under load loses its own live sessions and nothing else: they are closed in the record, and their recordings verify', async () => {
  const lines: string[] = [];
  const rows = await runKills({
    rounds: 1,
    both: 1,
    seed: 11,
    sessions: 3,
    databaseUrl: database.url,
    say: (line) => lines.push(line),
  });
  console.log(lines.join('\n'));
  expect(rows.map(({ sessions }) => sessions)).toEqual([6, 6]);
  expect(Math.max(...rows.map(({ closedMs }) => closedMs))).toBeLessThan(10_000);
  expect(Math.max(...rows.map(({ lostMs }) => lostMs))).toBeLessThanOrEqual(1_000);
}, 120_000);
