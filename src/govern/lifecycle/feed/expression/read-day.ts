import { isDay } from '../day-start.ts';
import { NoAnswer } from './expression-error.ts';

const PARTS = {
  yyyy: String.raw`(?<y>\d{4})`,
  MM: String.raw`(?<m>\d{2})`,
  M: String.raw`(?<m>\d{1,2})`,
  dd: String.raw`(?<d>\d{2})`,
  d: String.raw`(?<d>\d{1,2})`,
} as const;
const TOKEN = /yyyy|MM?|dd?|[a-zA-Z]+|[^a-zA-Z]+/g;

/** True for a form that has a year, a month and a day once each, such as `dd.MM.yyyy` or `M/d/yyyy`. */
export function isDayForm(form: string): boolean {
  const words = form.match(TOKEN) ?? [];
  const names = words.filter((w) => /^[a-zA-Z]/.test(w));
  const kinds = names.map((w) => w[0]);
  return form.length <= 20 && names.every((w) => w in PARTS) && [...kinds].sort().join('') === 'Mdy';
}

const readers = new Map<string, RegExp>();

function readerOf(form: string): RegExp {
  const known = readers.get(form);
  if (known !== undefined) return known;
  const source = (form.match(TOKEN) ?? [])
    .map((w) => (w in PARTS ? PARTS[w as keyof typeof PARTS] : w.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)))
    .join('');
  const reader = new RegExp(`^${source}$`);
  readers.set(form, reader);
  return reader;
}

/**
 * A day written in a form such as `dd.MM.yyyy`, as an ISO day; the empty text for none. Throws NoAnswer where it is not
 * a day of the calendar, because the other order of day and month would be read from it as well as the right one.
 */
export function readDay(text: string, form: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const { y = '', m = '', d = '' } = readerOf(form).exec(trimmed)?.groups ?? {};
  const day = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  if (!isDay(day)) throw new NoAnswer(`a value is not a day like ${form}`);
  return day;
}
