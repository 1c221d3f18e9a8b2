import type { BenchLine } from '../report.ts';

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * Measures several ways in turn, round after round, each first once: what slows the machine down for some seconds slows
 * all down, and none always comes after the same other. A round before the first warms everything up and does not count.
 */
export async function inTurn<Way>(
  ways: Readonly<Record<string, Way>>,
  rounds: number,
  measure: (name: string, way: Way, warm: boolean) => Promise<number>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const rates = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  const entries = Object.entries(ways);
  for (let round = 0; round <= rounds; round += 1)
    for (let at = 0; at < entries.length; at += 1) {
      const [name, way] = entries[(at + round) % entries.length] ?? [];
      if (name === undefined || way === undefined) continue;
      const rate = await measure(name, way, round === 0);
      if (round > 0) rates.get(name)?.push(rate);
    }
  return rates;
}

/** Of the gateway against each other way: medians, and as ratio the median of the ratios of each round. */
export function ratios(
  bench: string,
  name: string,
  unit: string,
  rates: ReadonlyMap<string, readonly number[]>,
  cpu: readonly number[],
): readonly BenchLine[] {
  const through = rates.get('gateway') ?? [];
  const against = [...rates].filter(([way]) => way !== 'gateway');
  const lines = against.map(([way, of]): BenchLine => {
    const each = through.map((rate, at) => rate / (of[at] ?? Number.NaN));
    const common = { bench, case: `${name}, against ${way}`, metric: 'through', unit };
    return { ...common, value: median(through), baseline: median(of), ratio: median(each) };
  });
  if (cpu.length === 0) return lines;
  return [
    ...lines,
    { bench, case: name, metric: 'gateway_cpu', value: median(cpu), unit: 'us each', baseline: null, ratio: null },
  ];
}
