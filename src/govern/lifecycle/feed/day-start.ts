/** Where a day begins: midnight of a calendar day in a time zone, as an instant. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** True for a name of the IANA time zone database that this runtime knows. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
}

/** What a clock on the wall of `zone` shows at an instant, as if it were UTC. */
function wallClock(instant: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map((p) => [p.type, Number(p.value)]),
  );
  const at = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'));
}

const DAY = 86_400_000;
const known = new Map<string, Date>();

/** The first instant of an ISO day in `zone`. Where a clock change skips midnight, it is the first instant there is. */
export function dayStart(day: string, zone: string): Date {
  const key = `${zone} ${day}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // An offset is at most 14 hours east and 12 west; the day begins where the wall clock first shows it.
  let [early, late] = [midnight - 15 * 3_600_000, midnight + 13 * 3_600_000];
  const guess = midnight - (wallClock(midnight, zone) - midnight);
  for (const candidate of [guess, midnight - (wallClock(guess, zone) - guess)]) {
    if (wallClock(candidate, zone) === midnight && wallClock(candidate - 1000, zone) < midnight) {
      [early, late] = [candidate - 1, candidate];
    }
  }
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (wallClock(middle, zone) >= midnight) late = middle;
    else early = middle;
  }
  const start = new Date(late);
  if (known.size > 50_000) known.clear();
  known.set(key, start);
  return start;
}

/** The ISO day after. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);

/** True for a day of the calendar written as `2026-02-28`, from 1900 to 2199. */
export function isDay(text: string): boolean {
  if (!/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
