import type { Span } from './working-time.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const LINE = /^(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))? +(\d\d):(\d\d)-(\d\d):(\d\d)$/;

/** Spans of each day of the week, Monday first; seven lists. */
export type Week = readonly (readonly Span[])[];

/** What a house works that never said otherwise. */
export const USUAL_HOURS = ['mon-fri 09:00-17:00'];

const minutesOf = (hour: string | undefined, minute: string | undefined): number | undefined => {
  const [h, m] = [Number(hour), Number(minute)];
  return m > 59 || h > 24 || (h === 24 && m > 0) ? undefined : h * 60 + m;
};

/**
 * Reads hours as people write them: `mon-fri 09:00-17:00`, `sat 10:00-13:00`; work past midnight is two lines. What
 * overlaps is one span. Throws a RangeError that quotes the line and says what is wrong with it.
 */
export const readWeek = (lines: readonly string[]): Week => {
  const week: Span[][] = DAYS.map(() => []);
  for (const line of lines) {
    const wrong = (why: string): RangeError => new RangeError(`“${line}” ${why}`);
    const match = LINE.exec(line.trim().toLowerCase());
    if (match === null) throw wrong('is no line of hours: write mon-fri 09:00-17:00');
    const [first, last] = [DAYS.indexOf(match[1] ?? ''), DAYS.indexOf(match[2] ?? match[1] ?? '')];
    const [from, until] = [minutesOf(match[3], match[4]), minutesOf(match[5], match[6])];
    if (last < first) throw wrong('ends before the day it begins with: the week begins on Monday');
    if (from === undefined || until === undefined) throw wrong('holds a time there is not: 00:00 to 24:00');
    if (until <= from) throw wrong('ends before it begins: write work past midnight as two lines');
    for (let day = first; day <= last; day += 1) week[day]?.push({ from, until });
  }
  return week.map(joined);
};

const joined = (spans: readonly Span[]): Span[] => {
  const out: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last !== undefined && span.from <= last.until)
      out[out.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    else out.push(span);
  }
  return out;
};
