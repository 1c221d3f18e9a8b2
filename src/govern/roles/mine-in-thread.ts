import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Mined, MiningTask } from './mining/index.ts';
import type { Improvement } from './optimising/find-improvements.ts';
import type { KeptRole } from './optimising/kept-roles.ts';
import type { Use } from './optimising/split-by-use.ts';

/** What a thread is handed: the matrix as pairs, since that is the least to copy. */
export type MineTask = Omit<MiningTask, 'matrix'> & {
  readonly what: 'mine';
  readonly users: number;
  readonly pairs: Int32Array;
  /** What is known of the use of each pair. */
  readonly use: Uint8Array;
};
export interface ImproveTask {
  readonly what: 'improve';
  readonly kept: readonly KeptRole[];
  readonly people: number;
}
export type ThreadTask = MineTask | ImproveTask;

/** What was mined, and how what each candidate gives was used. */
export type MinedWithUse = Mined & { readonly uses: readonly (readonly Use[])[] };

/** What comes of each. */
export interface ThreadAnswer {
  readonly mine: MinedWithUse;
  readonly improve: readonly Improvement[];
}

/** What it says. */
export type FromThread =
  | { readonly share: number; readonly doing: string; readonly answer?: undefined }
  | { readonly answer: ThreadAnswer[ThreadTask['what']] };

/** Heap of a thread; what it holds beside that is bounded by what is read for it. */
const HEAP_MB = 1_024;

/** From source a thread needs what reads TypeScript, which is there in development only; what was built needs nothing. */
function entry(): URL {
  if (!import.meta.url.endsWith('.ts')) return new URL('./mining-thread.js', import.meta.url);
  const reader = new URL('index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')));
  const thread = new URL('./mining-thread.ts', import.meta.url);
  const first = `import { register } from ${JSON.stringify(reader)}; register(); await import(${JSON.stringify(thread)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(first)}`);
}

/** Mines, or looks for improvements, in a thread of its own, so that nothing else waits. Aborted, the thread ends at once, in the middle of what it does. */
export function doInThread<T extends ThreadTask>(
  task: T,
  parts: { readonly signal: AbortSignal; readonly progress: (share: number, doing: string) => void },
): Promise<ThreadAnswer[T['what']]> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(entry(), {
      workerData: task,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    const stop = (): void => {
      void thread.terminate();
      reject(parts.signal.reason as Error);
    };
    parts.signal.addEventListener('abort', stop, { once: true });
    thread.on('message', (message: FromThread) => {
      if (message.answer === undefined) parts.progress(message.share, message.doing);
      else resolve(message.answer as ThreadAnswer[T['what']]);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      parts.signal.removeEventListener('abort', stop);
      reject(new Error(`the mining thread ended with ${code} before it was done`));
    });
  });
}
