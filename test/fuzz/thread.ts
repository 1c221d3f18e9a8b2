import { parentPort, workerData } from 'node:worker_threads';
import type { Asked, Said } from './fuzz-in-thread.ts';
import { fuzz, inWords } from './fuzz.ts';
import { parsers } from './parsers/index.ts';

/** The thread one run of inputs is in. */
const { parser: name, at, ...run } = workerData as Asked;
const parser = parsers.find((one) => one.name === name);
if (parser === undefined) throw new Error(`there is no parser ${name}: ${parsers.map((one) => one.name).join(', ')}`);
// where an error was made is most of what making one takes, and most of what hostile bytes come to is an error
Error.stackTraceLimit = 0;
const say = (said: Said): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(said);
};
const came = fuzz(parser, run, {
  tick: (seed) => Atomics.store(at, 0, seed),
  progress: (so) => say({ kind: 'progress', words: inWords(name, so) }),
});
say({ kind: 'done', words: inWords(name, came) });
