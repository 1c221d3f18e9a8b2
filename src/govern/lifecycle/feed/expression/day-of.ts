import { NoAnswer } from './expression-error.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day an instant is on in a time zone; `''` of `''`. Throws NoAnswer for what is no instant in UTC. */
export const dayOf = (text: string, zone: string): string => onDay(text, zone, 0);

/** The last day that is over, or begun, when an end comes: the end itself is no longer part of it. */
export const lastDay = (text: string, zone: string): string => onDay(text, zone, -1);

function onDay(text: string, zone: string, shiftMs: number): string {
  if (text === '') return '';
  const at = INSTANT.test(text) ? Date.parse(text) + shiftMs : Number.NaN;
  if (Number.isNaN(at)) throw new NoAnswer('a value is no instant like 2026-01-31T12:00:00.000Z');
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return format.format(at);
}
