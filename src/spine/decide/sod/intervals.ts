/** Half-open stretches of time in milliseconds; Infinity is open-ended. Sets are sorted, apart and never touch. */
export type Interval = readonly [from: number, until: number];

export interface Timed {
  readonly validFrom: Date;
  readonly validTo: Date | null;
}

export const intervalOf = ({ validFrom, validTo }: Timed): Interval => [
  validFrom.getTime(),
  validTo?.getTime() ?? Infinity,
];
export const timesOf = ([from, until]: Interval): Timed => ({
  validFrom: new Date(from),
  validTo: until === Infinity ? null : new Date(until),
});

export const shareTime = (a: Interval, b: Interval): boolean => Math.max(a[0], b[0]) < Math.min(a[1], b[1]);

/** The instants in any of these. */
export const unionOf = (intervals: Iterable<Interval>): Interval[] => {
  const sorted = [...intervals].filter(([from, until]) => from < until).sort((a, b) => a[0] - b[0]);
  const union: Interval[] = [];
  for (const next of sorted) {
    const last = union.at(-1);
    if (last !== undefined && next[0] <= last[1]) union[union.length - 1] = [last[0], Math.max(last[1], next[1])];
    else union.push(next);
  }
  return union;
};

/** The instants in both sets. */
export const intersectionOf = (a: readonly Interval[], b: readonly Interval[]): Interval[] =>
  a.flatMap((x) =>
    b.flatMap((y): Interval[] => (shareTime(x, y) ? [[Math.max(x[0], y[0]), Math.min(x[1], y[1])]] : [])),
  );

/** The instants of `a` that are not in `b`. */
export const differenceOf = (a: readonly Interval[], b: readonly Interval[]): Interval[] => {
  let left = [...a];
  for (const [from, until] of b) {
    left = left.flatMap(([start, end]) =>
      (
        [
          [start, Math.min(end, from)],
          [Math.max(start, until), end],
        ] as const
      ).filter(([s, e]) => s < e),
    );
  }
  return left;
};
