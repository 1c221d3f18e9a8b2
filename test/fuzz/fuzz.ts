import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Parser } from './parser.ts';
import { numbersFrom } from './random.ts';

/** How much of it: so many inputs, or as many as there is time for. */
export interface Run {
  readonly inputs: number;
  readonly seed: number;
  readonly seconds?: number;
}

/** What a run came to. */
export interface Fuzzed {
  readonly inputs: number;
  readonly seconds: number;
  readonly heapBefore: number;
  readonly heapAfter: number;
  readonly slowestMs: number;
  readonly slowestSeed: number;
}

const MIB = 1024 * 1024;
/** Code that was compiled and caches that were filled before growth is looked at. */
const WARM = 2_000;
/** More than this on the heap that stays is a leak: nothing of an input is to be kept. */
const MOST_GROWTH = 24 * MIB;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

/**
 * Gives a parser `inputs` inputs that follow from `seed`. Throws, naming the seed of the very input, where one crashes, is
 * taken for what it is not, or takes too long; and where memory grows. `tick` hears the seed before each that may hang.
 */
export function fuzz(
  parser: Parser,
  { inputs, seed, seconds = Infinity }: Run,
  tick: (seed: number) => void = () => {},
): Fuzzed {
  const began = performance.now();
  const end = began + seconds * 1000;
  let heapBefore = heap();
  let [slowestMs, slowestSeed] = [0, seed];
  let done = 0;
  for (let n = 0; n < inputs; n += 1, done += 1) {
    if ((n & 0xff) === 0 && performance.now() > end) break;
    const own = seed + n;
    tick(own);
    if (n === WARM) heapBefore = heap();
    const before = performance.now();
    try {
      parser.one(numbersFrom(own));
    } catch (error) {
      throw new Error(`${parser.name}, seed ${own}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    const ms = performance.now() - before;
    if (ms > slowestMs && n >= WARM / 10) [slowestMs, slowestSeed] = [ms, own];
  }
  // a machine that is busy may hold one input up; four times in a row it is the input
  const again = slowestMs > parser.mostMs ? Math.min(...[1, 2, 3].map(() => msOf(parser, slowestSeed))) : 0;
  if (again > parser.mostMs)
    throw new Error(
      `${parser.name}, seed ${slowestSeed}: took ${Math.round(slowestMs)} ms, and ${Math.round(again)} again`,
    );
  const heapAfter = heap();
  if (done > WARM && heapAfter - heapBefore > MOST_GROWTH)
    throw new Error(`${parser.name}, from seed ${seed} on: ${Math.round((heapAfter - heapBefore) / MIB)} MiB stayed`);
  return { inputs: done, seconds: (performance.now() - began) / 1000, heapBefore, heapAfter, slowestMs, slowestSeed };
}

function msOf(parser: Parser, seed: number): number {
  const before = performance.now();
  parser.one(numbersFrom(seed));
  return performance.now() - before;
}

/** For a person: inputs, how fast, what stayed in memory, the slowest. */
export const inWords = (
  name: string,
  { inputs, seconds, heapBefore, heapAfter, slowestMs, slowestSeed }: Fuzzed,
): string =>
  `${name}: ${inputs} inputs in ${seconds.toFixed(1)} s (${Math.round(inputs / seconds)}/s), heap ${(heapBefore / MIB).toFixed(1)} -> ${(heapAfter / MIB).toFixed(1)} MiB, slowest ${slowestMs.toFixed(1)} ms (seed ${slowestSeed})`;
