/** Generalized time (RFC 4517 §3.3.13) as directories write it: always UTC here, with or without fractions. */
const pattern = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,](\d+))?Z$/u;

/** ISO instant with milliseconds; undefined for what is none. */
export function instantOf(time: string | undefined): string | undefined {
  const match = pattern.exec(time ?? '');
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction = ''] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.toISOString() !== text ? undefined : text;
}
