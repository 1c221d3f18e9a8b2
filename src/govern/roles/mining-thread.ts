import { parentPort, workerData } from 'node:worker_threads';
import { matrixOf } from './mining/matrix.ts';
import { mineCandidates, type MiningTask } from './mining/mine-candidates.ts';
import type { FromThread, ThreadTask } from './mine-in-thread.ts';

/** Runs in a thread of its own: mines what it was handed, says how far it is, and ends. */
const { pairs, users, ...rest } = workerData as ThreadTask;
const held = function* (): Generator<readonly [number, number]> {
  for (let n = 0; n < pairs.length; n += 2) yield [pairs[n] as number, pairs[n + 1] as number];
};
const task: MiningTask = { ...rest, matrix: matrixOf(users, rest.names.length, held()) };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (message: FromThread): void => parentPort?.postMessage(message);
tell({ mined: mineCandidates(task, (share, doing) => tell({ share, doing })) });
