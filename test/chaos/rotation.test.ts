import { expect, test } from 'vitest';
import { runRotationChaos } from './rotation/run-rotation-chaos.ts';

test('killed and with targets gone at any moment, rotations leave every credential in the vault one that logs in', async () => {
  const came = await runRotationChaos({
    rotations: 30,
    seed: 11,
    kinds: ['postgres', 'linux'],
    accounts: 4,
    lives: [40, 180],
    say: (line) => console.log(line),
  });
  console.log(JSON.stringify(came));
  expect(came).toMatchObject({ done: 30, failed: 0 });
  expect(came.credentials).toBeGreaterThanOrEqual(8);
  expect(came.kills).toBeGreaterThanOrEqual(2);
  expect(came.outages).toBeGreaterThanOrEqual(1);
});
