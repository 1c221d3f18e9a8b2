import type { EndRow } from './run-revocations.ts';

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** How fast access ended, as a table for people and a line of JSON a row for machines. */
export function tellEndings(
  rows: readonly EndRow[],
  say: (line: string) => void,
): { readonly slowest: string; readonly p99Ms: number } {
  const figures = rows
    .map(({ protocol, how, tookMs }) => ({
      what: protocol,
      how,
      ended: tookMs.length,
      p50Ms: Math.round(at(tookMs, 0.5)),
      p99Ms: Math.round(at(tookMs, 0.99)),
      mostMs: Math.round(at(tookMs, 1)),
    }))
    .toSorted((a, b) => a.what.localeCompare(b.what) || a.how.localeCompare(b.how));
  const width = Math.max(...figures.map(({ what }) => what.length));
  say(`${'what'.padEnd(width)}  how     ended  p50 ms  p99 ms  most ms`);
  for (const { what, how, ended, p50Ms, p99Ms, mostMs } of figures) {
    const numbers = [ended, p50Ms, p99Ms, mostMs].map((n, i) => String(n).padStart([5, 6, 6, 7][i] ?? 0)).join('  ');
    say(`${what.padEnd(width)}  ${how.padEnd(6)}  ${numbers}`);
  }
  for (const row of figures) say(JSON.stringify({ chaos: 'revoke', ...row }));
  const [slowest] = figures.toSorted((a, b) => b.p99Ms - a.p99Ms);
  return { slowest: `${slowest?.what ?? ''}, ${slowest?.how ?? ''}`, p99Ms: slowest?.p99Ms ?? Number.NaN };
}
