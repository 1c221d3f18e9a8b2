import type { Metric } from './render-metrics.ts';

/** What is counted, each with what it says. A name that ends in `Open` is how many there are; any other only grows. */
export type CountWords = Readonly<Record<string, string>>;
/** Plain numbers: whoever counts adds to them. */
export type Counts<W extends CountWords> = { [K in keyof W & string]: number };

export const newCounts = <W extends CountWords>(words: W): Counts<W> =>
  Object.fromEntries(Object.keys(words).map((name) => [name, 0])) as Counts<W>;

/** Counts as they are now, under names that begin with `prefix`: `bytesIn` is `prefix_bytes_in_total`. */
export const countsAsMetrics = (
  prefix: string,
  words: CountWords,
  counts: Readonly<Record<string, number>>,
  labels: Readonly<Record<string, string>>,
): readonly Metric[] =>
  Object.entries(words).map(([key, help]) => {
    const isGauge = key.endsWith('Open');
    const name = key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);
    return {
      name: `${prefix}_${name}${isGauge ? '' : '_total'}`,
      kind: isGauge ? 'gauge' : 'counter',
      help,
      values: [{ labels, value: counts[key] ?? 0 }],
    };
  });
