import { parentPort, workerData } from 'node:worker_threads';
import { matrixOf } from './mining/matrix.ts';
import { mineCandidates } from './mining/mine-candidates.ts';
import { findImprovements } from './optimising/find-improvements.ts';
import { usesOfCandidates } from './optimising/uses-of-candidates.ts';
import type { FromThread, MinedWithUse, MineTask, ThreadTask } from './mine-in-thread.ts';

/** Runs in a thread of its own: does what it was handed, says how far it is, and ends. */
const task = workerData as ThreadTask;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const tell = (message: FromThread): void => parentPort?.postMessage(message);

const mine = ({ pairs, use, users, what: _what, ...rest }: MineTask): MinedWithUse => {
  const held = function* (): Generator<readonly [number, number]> {
    for (let n = 0; n < pairs.length; n += 2) yield [pairs[n] as number, pairs[n + 1] as number];
  };
  const matrix = matrixOf(users, rest.names.length, held());
  const mined = mineCandidates({ ...rest, matrix }, (share, doing) => tell({ share, doing }));
  tell({ share: 1, doing: 'use' });
  const uses = usesOfCandidates({ users, permissions: rest.names.length, pairs, use }, mined.candidates);
  return { ...mined, uses };
};

tell({
  answer:
    task.what === 'mine'
      ? mine(task)
      : findImprovements(task.kept, task.people, 1, (share) => tell({ share, doing: 'comparing roles' })),
});
