import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AT_ONCE, type Parser } from './parser.ts';
import { numbersFrom } from './random.ts';

/** How much of it: so many inputs, or as many as there is time for. */
export interface Run {
  readonly inputs: number;
  readonly seed: number;
  readonly seconds?: number;
}

/** What stays in memory after everything was collected that can be. */
export interface Memory {
  readonly heap: number;
  /** Of buffers and the like, which are not on the heap. */
  readonly outside: number;
  /** Of the whole process, with what native code holds. */
  readonly resident: number;
}

/** What a run came to. */
export interface Fuzzed {
  readonly inputs: number;
  readonly seconds: number;
  /** Of the processor: a machine that does other things meanwhile counts in the one, not in this. */
  readonly cpuSeconds: number;
  readonly before: Memory;
  readonly after: Memory;
  /** The most that was there at any look. */
  readonly mostHeap: number;
  readonly slowestMs: number;
  readonly slowestSeed: number;
  /** How many inputs came how far. */
  readonly came: ReadonlyMap<string, number>;
}

/** Who watches a run: told the seed before each input, and now and then how far it is. */
export interface Watching {
  readonly tick?: (seed: number) => void;
  readonly progress?: (so: Fuzzed) => void;
}

const MIB = 1024 * 1024;
/** Code that was compiled and caches that were filled before growth is looked at. */
const WARM = 2_000;
/** More than this that stays is a leak: nothing of an input is to be kept. */
const MOST_GROWTH = 24 * MIB;
/** Native code gives back late, and in pages. */
const MOST_RESIDENT_GROWTH = 256 * MIB;
/** Memory is looked at after so many inputs. */
const LOOK_EVERY = 500_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const memory = (): Memory => {
  // what is outside the heap is given back some time after the first; a second waits for that
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed, outside: external, resident: rss };
};

/**
 * Gives a parser `inputs` inputs that follow from `seed`. Throws, naming the seed of the very input, where one crashes, is
 * taken for what it is not, or takes too long; where memory grows; and where too few got beyond what is refused at once.
 */
export function fuzz(
  parser: Parser,
  { inputs, seed, seconds = Infinity }: Run,
  { tick = () => {}, progress = () => {} }: Watching = {},
): Fuzzed {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const end = began + seconds * 1000;
  const came = new Map<string, number>();
  let before = memory();
  let mostHeap = 0;
  let [slowestMs, slowestSeed] = [0, seed];
  const soFar = (done: number): Fuzzed => {
    const { user, system } = process.cpuUsage(cpu);
    const after = memory();
    mostHeap = Math.max(mostHeap, after.heap);
    const [took, cpuSeconds] = [(performance.now() - began) / 1000, (user + system) / 1e6];
    return { inputs: done, seconds: took, cpuSeconds, before, after, mostHeap, slowestMs, slowestSeed, came };
  };
  let done = 0;
  for (; done < inputs; done += 1) {
    if ((done & 0xff) === 0 && performance.now() > end) break;
    const own = seed + done;
    tick(own);
    if (done === WARM) before = memory();
    if (done > 0 && done % LOOK_EVERY === 0) progress(unlessItGrew(parser, seed, soFar(done)));
    const from = performance.now();
    const how = tried(parser, own);
    const ms = performance.now() - from;
    came.set(how, (came.get(how) ?? 0) + 1);
    if (ms > parser.mostMs) sureItIsQuick(parser, own, ms);
    else if (ms > slowestMs && done >= WARM / 10) [slowestMs, slowestSeed] = [ms, own];
  }
  const fuzzed = soFar(done);
  if (done > WARM) unlessItGrew(parser, seed, fuzzed);
  if (done >= 100 && shareBeyond(fuzzed) * 100 < parser.beyond)
    throw new Error(
      `${parser.name}, from seed ${seed} on: only ${inPercent(shareBeyond(fuzzed))} of inputs were not ${AT_ONCE}`,
    );
  return fuzzed;
}

/** Tries one input. What is thrown names the seed, and shows where: it is tried again with stacks, which take most of the time. */
function tried(parser: Parser, seed: number): string {
  try {
    return parser.one(numbersFrom(seed));
  } catch (error) {
    const what = `${parser.name}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`;
    throw new Error(`${what}${whereOf(parser, seed)}`, { cause: error });
  }
}

/** Where an input throws, as lines of a stack; empty where stacks were made all along. */
function whereOf(parser: Parser, seed: number): string {
  const limit = Error.stackTraceLimit;
  if (limit > 0) return '';
  Error.stackTraceLimit = 30;
  try {
    parser.one(numbersFrom(seed));
    return '\nand not when it was tried again';
  } catch (error) {
    return error instanceof Error ? `\n${String(error.stack)}` : '';
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** A machine that is busy may hold one input up; four times in a row, and in time of the processor, it is the input. */
function sureItIsQuick(parser: Parser, seed: number, ms: number): void {
  const again = Math.min(...[1, 2, 3].map(() => cpuMsOf(parser, seed)));
  if (again > parser.mostMs)
    throw new Error(`${parser.name}, seed ${seed}: took ${Math.round(ms)} ms, and ${Math.round(again)} again`);
}

function cpuMsOf(parser: Parser, seed: number): number {
  const before = process.cpuUsage();
  parser.one(numbersFrom(seed));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function unlessItGrew(parser: Parser, seed: number, fuzzed: Fuzzed): Fuzzed {
  const { before, after } = fuzzed;
  const grew = after.heap + after.outside - before.heap - before.outside;
  if (grew > MOST_GROWTH) throw new Error(`${parser.name}, from seed ${seed} on: ${Math.round(grew / MIB)} MiB stayed`);
  const resident = after.resident - before.resident;
  if (resident > MOST_RESIDENT_GROWTH)
    throw new Error(
      `${parser.name}, from seed ${seed} on: the process has ${Math.round(resident / MIB)} MiB more, none of them on the heap`,
    );
  return fuzzed;
}

/** How many of all inputs were looked into. */
export const shareBeyond = ({ inputs, came }: Fuzzed): number => 1 - (came.get(AT_ONCE) ?? 0) / Math.max(1, inputs);
const inPercent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const inMib = (bytes: number): string => (bytes / MIB).toFixed(1);

/** For a person: inputs, how fast, how far they came, what stayed in memory, the slowest. */
export const inWords = (name: string, fuzzed: Fuzzed): string => {
  const { inputs, seconds, cpuSeconds, before, after, mostHeap, slowestMs, slowestSeed, came } = fuzzed;
  const kinds = [...came]
    .toSorted(([, a], [, b]) => b - a)
    .map(([how, n]) => `${how} ${inPercent(n / Math.max(1, inputs))}`);
  return [
    `${name}: ${inputs} inputs in ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of the processor (${Math.round(inputs / cpuSeconds)}/s)`,
    `beyond what is ${AT_ONCE} ${inPercent(shareBeyond(fuzzed))} (${kinds.join(', ')})`,
    `heap ${inMib(before.heap)} -> ${inMib(after.heap)} MiB (most ${inMib(mostHeap)}), outside it ${inMib(before.outside)} -> ${inMib(after.outside)} MiB, resident ${inMib(before.resident)} -> ${inMib(after.resident)} MiB`,
    `slowest ${slowestMs.toFixed(1)} ms (seed ${slowestSeed})`,
  ].join('; ');
};
