import { readWeek } from '../week-hours.ts';
import type { AccessHours } from './keep-hours.ts';

/** Whether hours allow nothing that others do not: by the same clock, every span of them within one of the others. */
export const isWithin = (next: AccessHours, before: AccessHours): boolean => {
  if (next.timeZone !== before.timeZone || next.site !== before.site) return false;
  const wider = readWeek(before.hours);
  return readWeek(next.hours).every((spans, day) =>
    spans.every((span) => wider[day]?.some((other) => other.from <= span.from && span.until <= other.until) === true),
  );
};
