import type { SodRule, SodViolator } from '../../api/shapes/sod.ts';
import type { Tone } from '../../ui/show/badges.tsx';

/** What a rule does when it is about to be broken. */
export const modeWords: Readonly<Record<SodRule['mode'], string>> = {
  record: 'recorded',
  warn: 'warned of',
  enforce: 'refused',
};
export const modeTone: Readonly<Record<SodRule['mode'], Tone>> = { record: 'quiet', warn: 'wait', enforce: 'good' };

/** By what a rule is broken. */
export const countsOf = ({ counts, windowSeconds }: SodRule): string =>
  counts === 'act'
    ? 'doing both to one thing'
    : counts === 'held'
      ? 'having both at the same time'
      : counts === 'same_session'
        ? 'using both in one session'
        : `using both within ${Math.round((windowSeconds ?? 0) / 60)} minutes`;

/** What is known of the use of both sides. */
export const exercisedWords: Readonly<Record<SodViolator['exercised'], string>> = {
  both: 'both sides used',
  one: 'one side used',
  none: 'no side used',
  unknown: 'use is not known',
};
