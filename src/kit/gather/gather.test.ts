import { expect, test } from 'vitest';
import { gather } from './index.ts';

const tick = (): Promise<void> => new Promise((go) => setImmediate(go));

test('what is asked in one turn goes together, and the rest while runs are under way', async () => {
  const runs: number[][] = [];
  const releases: (() => void)[] = [];
  const ask = gather<number, number>(
    async (asks) => {
      runs.push([...asks]);
      await new Promise<void>((go) => releases.push(go));
      return asks.map((n) => n * 2);
    },
    { together: 3, atOnce: 1 },
  );
  const first = Promise.all([1, 2, 3, 4].map(ask));
  await tick();
  expect(runs).toEqual([[1, 2, 3]]);
  const second = ask(5);
  await tick();
  expect(runs).toHaveLength(1);
  releases.shift()?.();
  await tick();
  expect(runs).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  releases.shift()?.();
  expect(await first).toEqual([2, 4, 6, 8]);
  expect(await second).toBe(10);
});

test('another run begins beside one under way as soon as it is full, and no sooner', async () => {
  const runs: number[][] = [];
  const releases: (() => void)[] = [];
  const ask = gather<number, number>(
    async (asks) => {
      runs.push([...asks]);
      await new Promise<void>((go) => releases.push(go));
      return [...asks];
    },
    { together: 2, atOnce: 2 },
  );
  const answers = [ask(1)];
  await tick();
  answers.push(ask(2));
  await tick();
  expect(runs).toEqual([[1]]);
  answers.push(ask(3), ask(4));
  await tick();
  expect(runs).toEqual([[1], [2, 3]]);
  releases.shift()?.();
  await tick();
  expect(runs).toEqual([[1], [2, 3]]);
  releases.shift()?.();
  await tick();
  expect(runs).toEqual([[1], [2, 3], [4]]);
  releases.shift()?.();
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4]);
});

test('one that fails alone keeps nobody else, and a run that throws fails all of its own', async () => {
  const ask = gather<number, number>(
    (asks) => {
      if (asks.includes(9)) return Promise.reject(new Error('the run'));
      return Promise.resolve(asks.map((n) => (n === 2 ? new Error('the one') : n)));
    },
    { together: 2, atOnce: 2 },
  );
  const answers = await Promise.allSettled([1, 2, 3, 9, 4].map(ask));
  expect(answers.map((a) => (a.status === 'fulfilled' ? a.value : (a.reason as Error).message))).toEqual([
    1,
    'the one',
    'the run',
    'the run',
    4,
  ]);
});
