import { z } from 'zod';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time such as 22:30');

/** When something may be done: on these days, from a time until another, which may be that of the next day. */
export const timeWindow = z.strictObject({
  /** 1 is Monday. The day on which it begins. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7).default([1, 2, 3, 4, 5, 6, 7]),
  from: clockTime,
  to: clockTime,
  timeZone: z
    .string()
    .max(64)
    .default('UTC')
    .refine(isTimeZone, 'is a time zone of the IANA list, such as Europe/Berlin'),
});
export type TimeWindow = z.output<typeof timeWindow>;

function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    return /^[A-Za-z]/u.test(name) && timeZone !== '';
  } catch {
    return false;
  }
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether an instant is inside a window. From and to alike: the whole day. Null: always. */
export function isWithin(window: TimeWindow | null, now: Date): boolean {
  if (window === null) return true;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: window.timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  const day = DAYS.indexOf(part('weekday')) + 1;
  const at = `${part('hour')}:${part('minute')}`;
  const begins = (that: number): boolean => window.days.includes(that === 0 ? 7 : that);
  if (window.from < window.to) return begins(day) && at >= window.from && at < window.to;
  return (begins(day) && at >= window.from) || (begins(day - 1) && at < window.to);
}
