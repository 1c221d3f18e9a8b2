import { z } from 'zod';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time of day such as 07:30');

const known = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Days of the week and hours of the day, on the clock of a place. */
export const times = z.strictObject({
  days: z.array(z.enum(DAYS)).min(1).optional(),
  from: clock.default('00:00'),
  /** Until before this; earlier than `from` goes past midnight, and the same as `from` is the whole day. */
  to: clock.default('00:00'),
  timeZone: z.string().max(60).refine(known, 'is no time zone; write for instance Europe/Berlin').default('UTC'),
});
export type Times = z.output<typeof times>;

/** Whether an instant lies in them. Past midnight it is the day on the wall that counts. */
export const isWithin = ({ days, from, to, timeZone }: Times, at: Date): boolean => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  const now = `${part('hour')}:${part('minute')}`;
  const day = DAYS.find((d) => d === part('weekday').toLowerCase());
  if (days !== undefined && (day === undefined || !days.includes(day))) return false;
  return from < to ? now >= from && now < to : from === to || now >= from || now < to;
};
