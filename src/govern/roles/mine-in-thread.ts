import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Mined, MiningTask } from './mining/index.ts';

/** What a thread is handed: the matrix as pairs, since that is the least to copy. */
export type ThreadTask = Omit<MiningTask, 'matrix'> & { readonly users: number; readonly pairs: Int32Array };

/** What it says. */
export type FromThread =
  | { readonly share: number; readonly doing: string; readonly mined?: undefined }
  | { readonly mined: Mined };

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

/** Mines in a thread of its own, so that nothing else waits. Aborted, the thread ends at once, in the middle of what it does. */
export function mineInThread(
  task: ThreadTask,
  parts: { readonly signal: AbortSignal; readonly progress: (share: number, doing: string) => void },
): Promise<Mined> {
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
      if (message.mined === undefined) parts.progress(message.share, message.doing);
      else resolve(message.mined);
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      parts.signal.removeEventListener('abort', stop);
      reject(new Error(`the mining thread ended with ${code} before it was done`));
    });
  });
}
