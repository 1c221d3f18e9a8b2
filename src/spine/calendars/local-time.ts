/** A day as a calendar on the wall shows it. */
export interface LocalDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  /** `2026-12-25`. */
  readonly text: string;
}

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
};

/** What a clock on the wall shows, written as if it were UTC. */
const wallOf = (timeZone: string, at: number): number => {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
};

/** Whether this runtime knows a time zone by that name (IANA), for instance `Europe/Amsterdam`. */
export const isTimeZone = (name: string): boolean => {
  // Offsets such as +02:00 are taken by newer runtimes, but have no summer.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
};

const dateOf = (wall: number): LocalDate => {
  const date = new Date(wall);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: ((date.getUTCDay() + 6) % 7) + 1,
    text: date.toISOString().slice(0, 10),
  };
};

/** The day it is somewhere. */
export const localDate = (timeZone: string, at: Date): LocalDate => dateOf(wallOf(timeZone, at.getTime()));

/** The day after. */
export const dateAfter = ({ year, month, day }: LocalDate): LocalDate => dateOf(Date.UTC(year, month - 1, day + 1));

/**
 * The instant at which a clock on the wall shows so many minutes of a day. Shown twice (clocks put back): the first time.
 * Never shown (put forward): as much later as was left out. The same choice RFC 5545 and Temporal make.
 */
export const instantOf = (timeZone: string, date: LocalDate, minutes: number): number => {
  const wall = Date.UTC(date.year, date.month - 1, date.day, 0, minutes);
  const before = wallOf(timeZone, wall - DAY) - (wall - DAY);
  const after = wallOf(timeZone, wall + DAY) - (wall + DAY);
  const found = [wall - before, wall - after].filter((at) => wallOf(timeZone, at) === wall);
  return found.length > 0 ? Math.min(...found) : wall - before;
};
