import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { fuzz, inWords, type Run } from './fuzz.ts';
import { parsers } from './parsers/index.ts';

/** An input that takes longer is a hang: whoever reads it would stand still for everybody. */
const HANGS_MS = 20_000;

interface Asked extends Run {
  readonly parser: string;
  /** The seed of the input that is being read, for whoever watches. */
  readonly at: Int32Array;
}

/** Gives a parser a run of inputs in a thread of its own, so that a hang is seen, and its seed known. Answers what came of it, in words. */
export async function fuzzInThread(parser: string, run: Run): Promise<string> {
  const at = new Int32Array(new SharedArrayBuffer(4));
  // a thread has to be told again how TypeScript is read
  const entry = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}); })`;
  const worker = new Worker(entry, { eval: true, workerData: { ...run, parser, at } satisfies Asked, execArgv: [] });
  let [last, since] = [-1, performance.now()];
  const watch = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now !== last) [last, since] = [now, performance.now()];
    else if (performance.now() - since > HANGS_MS) {
      console.error(`${parser}: stands still at seed ${now}`);
      process.exit(1);
    }
  }, 1_000);
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.once('message', (words: string) => resolve(words));
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`${parser}: the thread ended at seed ${Atomics.load(at, 0)}`)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

if (!isMainThread && (workerData as Partial<Asked> | null)?.parser !== undefined) {
  const { parser: name, at, ...run } = workerData as Asked;
  const parser = parsers.find((one) => one.name === name);
  if (parser === undefined) throw new Error(`there is no parser ${name}: ${parsers.map((one) => one.name).join(', ')}`);
  const came = fuzz(parser, run, (seed) => Atomics.store(at, 0, seed));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(inWords(name, came));
}
