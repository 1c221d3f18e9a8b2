import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import type { Run } from './fuzz.ts';

/** A reader that stands still this long at one input stands still for everybody. Looks, not seconds: a machine that sleeps looks at nothing. */
const LOOK_MS = 1_000;
const HANGS_LOOKS = 20;
/** Where packages are found from it. */
const OUT = join(import.meta.dirname, '../../node_modules/.cache/reeve-chaos');

/** What a thread is told. */
export interface Asked extends Run {
  readonly parser: string;
  /** The seed of the input that is being read, for whoever watches. */
  readonly at: Int32Array;
}

/** What a thread says: how far it is, and last what came of it. */
export interface Said {
  readonly kind: 'progress' | 'done';
  readonly words: string;
}

/**
 * Gives a parser a run of inputs in a thread of its own, so that a hang is seen, and its seed known. It runs from a bundle:
 * what loads TypeScript by itself gives every function its name each time it is made. Answers what came of it, in words.
 */
export async function fuzzInThread(parser: string, run: Run, say: (line: string) => void): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const bundle = join(OUT, `fuzz-${process.pid}.js`);
  await build({
    entryPoints: [join(import.meta.dirname, 'thread.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    // what was captured is found beside the sources
    define: { 'import.meta.dirname': JSON.stringify(import.meta.dirname) },
    logLevel: 'warning',
  });
  const at = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(pathToFileURL(bundle), {
    workerData: { ...run, parser, at } satisfies Asked,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  let [last, looks] = [-1, 0];
  const watch = setInterval(() => {
    const now = Atomics.load(at, 0);
    if (now !== last) [last, looks] = [now, 0];
    else if ((looks += 1) >= HANGS_LOOKS) {
      console.error(`${parser}: stands still at seed ${now}`);
      process.exit(1);
    }
  }, LOOK_MS);
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.on('message', ({ kind, words }: Said) => (kind === 'done' ? resolve(words) : say(words)));
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error(`${parser}: the thread ended at seed ${Atomics.load(at, 0)}`)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
    rmSync(bundle, { force: true });
  }
}
