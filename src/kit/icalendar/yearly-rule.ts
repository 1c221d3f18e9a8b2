import { IcalendarError, type Property } from './read-lines.ts';

const DAY = 86_400_000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const KNOWN = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYMONTH', 'BYMONTHDAY', 'BYDAY', 'WKST']);

interface Rule {
  readonly interval: number;
  readonly count: number | undefined;
  readonly until: number | undefined;
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  readonly weekdays: readonly { readonly nth: number; readonly weekday: number }[];
}

/** Reads a rule that repeats yearly. Throws an IcalendarError on any other, and on parts it does not know. */
export const readRule = ({ value, line }: Property): Rule => {
  const parts = new Map(
    value.split(';').map((part) => {
      const [name = '', said = ''] = part.split('=');
      return [name.toUpperCase(), said.toUpperCase()] as const;
    }),
  );
  const wrong = (what: string): IcalendarError => new IcalendarError(line, `${what} in “RRULE:${value.slice(0, 100)}”`);
  for (const name of parts.keys()) if (!KNOWN.has(name)) throw wrong(`${name} is not read`);
  if (parts.get('FREQ') !== 'YEARLY') throw wrong('only what repeats yearly is read, not what stands');
  const numbers = (name: string, least: number, most: number): number[] => {
    const given = parts.get(name);
    if (given === undefined) return [];
    return given.split(',').map((one) => {
      const n = Number(one);
      if (!/^[+-]?\d+$/.test(one) || n === 0 || n < least || n > most)
        throw wrong(`${name} has a number it cannot have`);
      return n;
    });
  };
  const weekdays = (parts.get('BYDAY')?.split(',') ?? []).map((one) => {
    const match = /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/.exec(one);
    const nth = Number(match?.[1] ?? 0);
    if (match === null || Math.abs(nth) > 5 || match[1] === '0') throw wrong('BYDAY has a day it cannot have');
    return { nth, weekday: WEEKDAYS.indexOf(match[2] ?? '') };
  });
  const months = numbers('BYMONTH', 1, 12);
  if (weekdays.length > 0 && months.length === 0) throw wrong('BYDAY without BYMONTH is not read');
  const until = parts.get('UNTIL');
  const day = /^(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?$/.exec(until ?? '');
  if (until !== undefined && day === null) throw wrong('UNTIL is no date');
  return {
    interval: numbers('INTERVAL', 1, 100)[0] ?? 1,
    count: numbers('COUNT', 1, 10_000)[0],
    until: day === null ? undefined : Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3])),
    months,
    monthDays: numbers('BYMONTHDAY', -31, 31),
    weekdays,
  };
};

/** The days of one month a rule means. */
const inMonth = (rule: Rule, year: number, month: number, startDay: number): number[] => {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const days = Array.from({ length }, (_, i) => i + 1);
  const monthDays =
    rule.monthDays.length === 0 ? undefined : new Set(rule.monthDays.map((d) => (d < 0 ? length + 1 + d : d)));
  if (monthDays === undefined && rule.weekdays.length === 0) return startDay <= length ? [startDay] : [];
  const isWeekday = (day: number): boolean =>
    rule.weekdays.some(({ nth, weekday }) => {
      if (new Date(Date.UTC(year, month, day)).getUTCDay() !== weekday) return false;
      if (nth === 0) return true;
      return nth > 0 ? Math.ceil(day / 7) === nth : Math.ceil((length + 1 - day) / 7) === -nth;
    });
  return days.filter(
    (day) => (monthDays === undefined || monthDays.has(day)) && (rule.weekdays.length === 0 || isWeekday(day)),
  );
};

/** The first days of every repetition, from the start until a year is over, in order. */
export const repetitions = (rule: Rule, start: number, lastYear: number): number[] => {
  const begins = new Date(start);
  const months =
    rule.months.length === 0 && rule.monthDays.length > 0
      ? Array.from({ length: 12 }, (_, i) => i)
      : rule.months.map((m) => m - 1);
  const out: number[] = [];
  for (let year = begins.getUTCFullYear(); year <= lastYear; year += rule.interval) {
    const found = (months.length === 0 ? [begins.getUTCMonth()] : months)
      .flatMap((month) => inMonth(rule, year, month, begins.getUTCDate()).map((day) => Date.UTC(year, month, day)))
      .toSorted((a, b) => a - b);
    for (const at of new Set(found)) {
      if (at < start) continue;
      if ((rule.until !== undefined && at > rule.until) || (rule.count !== undefined && out.length >= rule.count))
        return out;
      out.push(at);
    }
  }
  return out;
};

/** Days in a row. */
export const daysFrom = (start: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => start + i * DAY);
