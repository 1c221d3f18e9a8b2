/** One property of a component: `DTSTART;VALUE=DATE:20261225`. */
export interface Property {
  readonly name: string;
  readonly params: Readonly<Record<string, string>>;
  readonly value: string;
  /** Its line in the file, counted from one. */
  readonly line: number;
}

/** What is wrong with a file, and where. */
export class IcalendarError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Lines, those that were folded joined again (RFC 5545 §3.1). */
const unfolded = (text: string): { text: string; line: number }[] => {
  const out: { text: string; line: number }[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, i) => {
    const last = out.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.text += raw.slice(1);
    else if (raw !== '') out.push({ text: raw, line: i + 1 });
  });
  return out;
};

const NAME = /^([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

const propertyOf = (text: string, line: number): Property => {
  const match = NAME.exec(text);
  if (match === null) throw new IcalendarError(line, 'is no line of an iCalendar file');
  const params: Record<string, string> = {};
  for (const [, name = '', value = ''] of (match[2] ?? '').matchAll(/;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)/g))
    params[name.toUpperCase()] = value.replaceAll('"', '').toUpperCase();
  return { name: (match[1] ?? '').toUpperCase(), params, value: match[3] ?? '', line };
};

/** The events of a file: their properties, without those of components within. Throws an IcalendarError. */
export const readEvents = (text: string, most: number): Property[][] => {
  const open: string[] = [];
  const events: Property[][] = [];
  const lines = unfolded(text.replace(/^\uFEFF/, ''));
  if (lines[0]?.text.toUpperCase() !== 'BEGIN:VCALENDAR')
    throw new IcalendarError(1, 'is not BEGIN:VCALENDAR: this is no iCalendar file');
  for (const { text: one, line } of lines) {
    const property = propertyOf(one, line);
    const value = property.value.toUpperCase();
    if (property.name === 'BEGIN') {
      open.push(value);
      if (value === 'VEVENT') events.push([]);
      if (open.length > 5) throw new IcalendarError(line, 'is nested too deep');
      if (events.length > most) throw new IcalendarError(line, `is the event after ${most}: a file has no more`);
    } else if (property.name === 'END') {
      if (open.pop() !== value) throw new IcalendarError(line, `ends ${value}, which was not begun`);
    } else if (open.at(-1) === 'VEVENT') events.at(-1)?.push(property);
  }
  if (open.length > 0) throw new IcalendarError(lines.at(-1)?.line ?? 1, `is the last, and ${open.at(-1)} has no end`);
  return events;
};

/** Text as it was meant (RFC 5545 §3.3.11), on one line. */
export const plainText = (value: string): string =>
  value
    .replaceAll(/\\([nN,;\\])/g, (_, c: string) => (c === 'n' || c === 'N' ? ' ' : c))
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 200);
