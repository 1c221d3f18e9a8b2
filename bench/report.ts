/** One measured figure. `ratio` is value over baseline where a baseline was run in the same process or run. */
export interface BenchLine {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

const cell = (v: number | string | null): string =>
  v === null ? '-' : typeof v === 'string' ? v : v >= 100 ? v.toFixed(0) : v.toPrecision(3);

/** Prints the figures as a table people read, then one JSON line a figure for machines. */
export function report(lines: readonly BenchLine[]): void {
  const head = ['case', 'metric', 'value', 'unit', 'baseline', 'ratio'] as const;
  const rows = [head.map(String), ...lines.map((l) => head.map((h) => cell(l[h])))];
  const widths = head.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)));
  for (const row of rows) console.log(row.map((c, i) => c.padEnd(widths[i] ?? 0)).join('  '));
  for (const line of lines) console.log(JSON.stringify(line));
}
