import { invalid } from '#kit/errors/index.ts';
import { isTimeZone } from './local-time.ts';
import { readWeek } from './week-hours.ts';

/** Hours as somebody says them, without outer blanks. Throws `input.invalid` at the first line that is none. */
export const hoursIn = (lines: readonly string[]): string[] =>
  lines.map((line, i) => {
    try {
      readWeek([line]);
    } catch (error) {
      throw invalid(`/hours/${i}`, (error as Error).message, 'write lines such as mon-fri 09:00-17:00');
    }
    return line.trim();
  });

/** A time zone as somebody says it. Throws `input.invalid` for what is none. */
export const timeZoneIn = (name: string): string => {
  if (!isTimeZone(name)) throw invalid('/timeZone', `there is no time zone ${name}`, 'write it as Europe/Amsterdam');
  return name;
};
